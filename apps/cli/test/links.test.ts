import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './run-cli.js';

const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
const packages = ['packages', 'apps'].flatMap((above) =>
  readdirSync(join(ROOT, above)).map((name) => join(above, name)),
);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...documents.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ...packages.map((folder) => join(folder, 'README.md')),
];

const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** Links and pictures of a page, without those that lead elsewhere and without code. */
function targets(text: string): readonly string[] {
  return [
    ...prose(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)[^)]*\)/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What GitHub calls the headings of a page in links. */
const anchors = (text: string): readonly string[] =>
  [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Whether a link of `page` leads to a file, and to a heading in it if it names one. */
function leadsSomewhere(target: string, page: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchors(readFileSync(file, 'utf8')).includes(anchor);
}

test.each(pages)('links of %s lead somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  expect(targets(text).filter((target) => !leadsSomewhere(target, page))).toEqual([]);
});

test('links are found', () => {
  expect(targets('[a](b.md) `[c](d.md)` ![e](f.svg) [g](https://h) [i](j.md#k) [l](#m)')).toEqual([
    'b.md',
    'f.svg',
    'j.md#k',
    '#m',
  ]);
});

test('headings are found, and comments of shells are none', () => {
  expect(anchors('# A b: `c_d`\n```sh\n# e\n```\n## pagewright/f/1\n')).toEqual([
    'a-b-c_d',
    'pagewrightf1',
  ]);
});

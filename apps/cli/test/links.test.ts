import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './run-cli.js';

const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...documents.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

/** Links and pictures of a page, without those that lead elsewhere and without code. */
function targets(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

test.each(pages)('links of %s lead somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const lost = targets(text).filter((target) => !existsSync(join(ROOT, dirname(page), target)));
  expect(lost).toEqual([]);
});

test('links are found', () => {
  expect(targets('[a](b.md) `[c](d.md)` ![e](f.svg) [g](https://h) [i](j.md#k)')).toEqual([
    'b.md',
    'f.svg',
    'j.md',
  ]);
});

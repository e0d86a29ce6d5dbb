import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chosen, commandCount, pageNow } from './page.js';
import { ROOT } from './run-cli.js';

const guides = readdirSync(join(ROOT, 'docs/guides')).filter((name) => name !== 'README.md');
const pages = ['README.md', 'apps/cli/README.md', ...guides.map((name) => `docs/guides/${name}`)];

// `npm test -- --update` writes what is printed now into the pages: read the diff.
describe.each(pages)('%s', (page) => {
  const path = join(ROOT, page);
  const text = readFileSync(path, 'utf8');

  it('has commands', () => {
    expect(commandCount(text)).toBeGreaterThan(0);
  });

  it('shows what its commands print', { timeout: 300_000 }, async () => {
    await expect(pageNow(text)).toMatchFileSnapshot(path);
  });
});

describe('lines that a page leaves out', () => {
  const now = ['a', 'b', 'c', 'd', 'e', 'f'];

  it.each([
    ['the end', ['a', 'b', '...']],
    ['the start', ['...', 'e', 'f']],
    ['the middle', ['a', '...', 'f']],
    ['all but parts', ['...', 'b', '...', 'd', '...', 'f']],
  ])('are %s', (_, shown) => {
    expect(chosen(shown, now)).toEqual(shown);
  });

  it('are checked: what is shown must be what is printed', () => {
    expect(chosen(['a', 'x', '...', 'f'], now)).toEqual(['a', 'b', '...', 'f']);
    expect(chosen(['a', '...', 'e'], now)).toEqual(['a', '...', 'f']);
    expect(chosen(['a', '...', 'c', 'x', '...'], now)).toEqual(['a', '...', 'c', 'd', '...']);
  });

  it('are not that of the exit code', () => {
    const page = (...end: string[]) =>
      ['```console', '$ seq 9; exit 3', '1', '...', ...end, '```', ''].join('\n');
    expect(pageNow(page())).toBe(page('[exit 3]'));
    expect(pageNow(page('[exit 4]'))).toBe(page('[exit 3]'));
  });

  it('are really there', () => {
    expect(chosen(['a', 'b', 'c', '...', 'd', 'e', 'f'], now)).toEqual(now);
  });

  it('must be chosen again where the answer has changed too much', () => {
    expect(() => chosen(['a', '...', 'x', '...'], now)).toThrow('no line "x"');
    expect(() => chosen([...now, '...', 'f'], now)).toThrow('shorter');
  });
});

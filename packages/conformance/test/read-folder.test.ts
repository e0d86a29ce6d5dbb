import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readVectorFolders, UnreadableVectors } from '../src/node.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vectors-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (...names: string[]): string => join(directory, ...names);
const linesOf = (name = 'pte.jsonl'): string[] => {
  const files = readVectorFolders(directory).flatMap((folder) => folder.files);
  return [...(files.find((file) => file.name === name)?.lines() ?? [])];
};
function why(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UnreadableVectors)
      return `${error.path.slice(directory.length)}: ${error.why}`;
    throw error;
  }
  return 'readable';
}

describe('folders', () => {
  test('the directory itself, or each below it that has rows or facts', () => {
    mkdirSync(at('a'));
    mkdirSync(at('b'));
    mkdirSync(at('empty'));
    writeFileSync(at('a', 'pte.jsonl'), '{}\n');
    writeFileSync(at('b', 'facts.json'), '{"arch":"toy"}');
    writeFileSync(at('notes.txt'), 'x');
    expect(readVectorFolders(directory)).toMatchObject([
      { name: 'a', files: [{ name: 'pte.jsonl' }] },
      { name: 'b', files: [], facts: { arch: 'toy' } },
    ]);
    expect(readVectorFolders(at('a'))).toMatchObject([{ name: 'a' }]);
  });

  test('links are followed', () => {
    mkdirSync(at('rows'));
    writeFileSync(at('rows', 'pte.jsonl'), 'one\ntwo');
    mkdirSync(at('only'));
    symlinkSync(at('rows'), at('only', 'linked'));
    expect(readVectorFolders(at('only'))).toMatchObject([{ name: 'linked' }]);
  });
});

describe('rows', () => {
  test('are unpacked by content, whatever the name says', () => {
    writeFileSync(at('pte.jsonl'), gzipSync('one\ntwo'));
    writeFileSync(at('pmd.jsonl.gz'), 'three');
    expect([linesOf(), linesOf('pmd.jsonl.gz')]).toEqual([['one', 'two'], ['three']]);
  });

  test('that cannot be unpacked or are not there are told with the path', () => {
    writeFileSync(at('pte.jsonl'), gzipSync('{"in":"0x0"}'.repeat(100)).subarray(0, 30));
    expect(why(() => linesOf())).toBe('/pte.jsonl: the compressed data end early');
    writeFileSync(at('pte.jsonl'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff]));
    expect(why(() => linesOf())).toBe('/pte.jsonl: the compressed data are damaged');
    symlinkSync(at('nowhere'), at('pud.jsonl'));
    expect(why(() => linesOf('pud.jsonl'))).toBe('/pud.jsonl: no such file or directory');
  });
});

describe('what is refused', () => {
  test('a directory that is none, a link to itself', () => {
    expect(why(() => readVectorFolders(at('nowhere')))).toBe('/nowhere: no such file or directory');
    symlinkSync(at('round'), at('round'));
    expect(why(() => readVectorFolders(directory))).toBe('/round: a link that leads to itself');
  });

  test('facts that are no JSON, of another shape, or a link to nowhere', () => {
    writeFileSync(at('facts.json'), '{');
    expect(why(() => readVectorFolders(directory))).toMatch(/^\/facts\.json: .*JSON/);
    writeFileSync(at('facts.json'), '{"levels":3}');
    expect(why(() => readVectorFolders(directory))).toBe('/facts.json: levels: not a JSON object');
    rmSync(at('facts.json'));
    symlinkSync(at('nowhere'), at('facts.json'));
    expect(why(() => readVectorFolders(directory))).toBe('/facts.json: no such file or directory');
  });
});

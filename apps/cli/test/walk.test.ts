import { mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeElf } from '../../../packages/dump/test/make-elf.js';
import { inChunks, makeFlattened } from '../../../packages/dump/test/make-flattened.js';
import { makeKdump } from '../../../packages/dump/test/make-kdump.js';
import { makeLime } from '../../../packages/dump/test/make-lime.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'pagewright-walk-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PAGE = 4096;
/** Present, writable, user, accessed, dirty: what a table or a page of x86-64 has. */
const FLAGS = 0x67n;

/** A file of x86-64 tables: words by byte offset. */
function dumpFile(name: string, pages: number, words: Readonly<Record<number, bigint>>): string {
  const path = join(folder, name);
  writeFileSync(path, memory(pages, words));
  return path;
}

function memory(pages: number, words: Readonly<Record<number, bigint>>): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of Object.entries(words)) view.setBigUint64(Number(at), word, true);
  return bytes;
}

const walk = (path: string, ...args: string[]) =>
  runCli(['walk', path, '--form', 'x86_64', '--root', '0x1000', ...args]);
const json = (path: string, ...args: string[]) => {
  const { stdout, exitCode, stderr } = walk(path, '--json', ...args);
  return { exitCode, stderr, data: JSON.parse(stdout) };
};

/** Root at 0x1000, one table a level behind it, three pages mapped by the last. */
const FOUR_LEVELS = {
  4096: 0x2000n | FLAGS,
  8192: 0x3000n | FLAGS,
  12288: 0x4000n | FLAGS,
  16392: 0x123000n | FLAGS,
  16400: 0x124000n | FLAGS,
  16408: 0x200000n | FLAGS,
};

describe('raw images', () => {
  it('begin at physical 0, or where --base says', () => {
    const path = dumpFile('plain', 5, FOUR_LEVELS);
    const { data, exitCode } = json(path, '--at', '0x1abc');
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ schema: 'pagewright/walk/1', container: 'raw', at: '0x1abc' });
    expect(data.steps.map((step: { level: string }) => step.level)).toEqual([
      'pgd',
      'pud',
      'pmd',
      'pte',
    ]);
    expect(data.steps[3]).toMatchObject({ table: '0x4000', index: 1, address: '0x4008' });
    expect(data.end).toEqual({ kind: 'mapped', level: 'pte', pfn: '0x123', physical: '0x123abc' });

    const based = dumpFile('based', 1, { 0: 0x1000n | FLAGS });
    const one = json(based, '--base', '0x1000', '--at', '0x0');
    expect(one.data.steps[0]).toMatchObject({ table: '0x1000', address: '0x1000' });
  });

  it('tile a span: holes shown, following frames joined, the ends cut', () => {
    const { data } = json(dumpFile('span', 5, FOUR_LEVELS), '--span', '0x800-0x600000');
    type Row = { start: string; end: string; kind: string; pfn: string | null; entries: number };
    const rows: Row[] = data.ranges;
    expect(rows.map(({ start, end, kind, pfn }) => [start, end, kind, pfn])).toEqual([
      ['0x800', '0x1000', 'none', null],
      ['0x1000', '0x3000', 'leaf', '0x123'],
      ['0x3000', '0x4000', 'leaf', '0x200'],
      ['0x4000', '0x600000', 'none', null],
    ]);
    expect(rows[1]?.entries).toBe(2);
    expect(data.steps).toEqual([]);
  });
});

describe('tables that cannot be used', () => {
  it('points to itself: one address ends there, in one line, with exit code 2', () => {
    const path = dumpFile('self', 2, { 4096: 0x1000n | FLAGS });
    const { data, exitCode } = json(path, '--at', '0');
    expect(exitCode).toBe(2);
    expect(data.steps).toHaveLength(1);
    expect(data.end).toMatchObject({ kind: 'unreadable', problem: { code: 'table-loop' } });
    expect(walk(path, '--at', '0').stderr).toBe(
      'pagewright: pud table at 0x1000 contains itself\n',
    );
  });

  it('points to itself: a span says so, goes on behind it, and ends with exit code 2', () => {
    const path = dumpFile('self-span', 2, { 4096: 0x1000n | FLAGS });
    const { data, exitCode } = json(path, '--span', '0-0x800000000000');
    expect(exitCode).toBe(2);
    expect(data.ranges).toHaveLength(2);
    expect(data.ranges[0]).toMatchObject({ kind: 'invalid', problem: { code: 'table-loop' } });
    expect(data.ranges[1]).toMatchObject({ kind: 'none', end: '0x800000000000' });
  });

  it('lies outside the dump: the steps so far, then one line and exit code 2', () => {
    const path = dumpFile('away', 3, { 4096: 0x2000n | FLAGS, 8192: 0x9000n | FLAGS });
    const { stdout, stderr, exitCode } = walk(path, '--at', '0');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^pgd [\s\S]*^pud /m);
    expect(stderr).toBe(`pagewright: pmd table at 0x9000: physical 0x9000 is not in ${path}\n`);
    const span = json(path, '--span', '0-0x200000');
    expect(span.exitCode).toBe(1);
    expect(span.data.ranges[0].problem.code).toBe('not-in-dump');
  });

  it('is cut off by the end of the file', () => {
    const path = dumpFile('cut', 5, FOUR_LEVELS);
    truncateSync(path, 4 * PAGE + 8);
    const { stdout, stderr, exitCode } = walk(path, '--at', '0x1000');
    expect([exitCode, stderr]).toEqual([
      2,
      `pagewright: pte table at 0x4000: physical 0x4008 is not in ${path}\n`,
    ]);
    expect(stdout).toMatch(/^pmd /m);
  });

  it('is reached again and again: the walk ends soon', () => {
    const words: Record<number, bigint> = {};
    for (let i = 0; i < 512; i++) {
      for (const [at, next] of [
        [0x1000, 0x2000n],
        [0x2000, 0x3000n],
        [0x3000, 0x4000n],
      ] as const) {
        words[at + i * 8] = next | FLAGS;
      }
      words[0x4000 + i * 8] = (BigInt(i * 7919) << 12n) | FLAGS;
    }
    const { data, exitCode } = json(dumpFile('web', 5, words), '--span', '0-0x800000000000');
    expect(exitCode).toBe(2);
    const codes = data.ranges.map(
      (range: { problem: { code: string } | null }) => range.problem?.code,
    );
    expect(codes).toContain('too-many-tables');
  });

  it('holds entries that mean nothing', () => {
    const path = dumpFile('odd', 3, { 4096: 0x2000n | FLAGS, 8192: 0x3000n | FLAGS | (1n << 9n) });
    const { data, exitCode } = json(path, '--at', '0');
    expect(data.steps[1].kind).toBe('invalid');
    expect(exitCode).toBe(1);
  });
});

describe('other containers of the same memory', () => {
  const bytes = memory(5, FOUR_LEVELS);
  const pages = new Map([1, 2, 3, 4].map((n) => [n, bytes.slice(n * PAGE, (n + 1) * PAGE)]));
  const write = (name: string, content: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const whole = makeKdump({ pages, compression: 'zstd' })[0] as Uint8Array;
  const parts = makeKdump({ pages, compression: 'lzo', splitAt: [3] });
  const FILES: [container: string, ...paths: string[]][] = [
    ['kdump', write('whole.kdump', whole)],
    ['kdump', ...parts.map((part, i) => write(`part${i}.kdump`, part))],
    ['kdump', write('flat.kdump', makeFlattened(inChunks(whole, 1 << 12)))],
    ['lime', write('lime', makeLime([{ physical: 0n, bytes }]))],
  ];
  it.each(FILES)('%s: %s', (container, first, ...others) => {
    const { data, exitCode } = json(first as string, ...others, '--at', '0x1abc');
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ container, dump: [first, ...others].join(' ') });
    expect(data.end).toEqual({ kind: 'mapped', level: 'pte', pfn: '0x123', physical: '0x123abc' });
  });

  it('--base is for raw images', () => {
    const { stderr, exitCode } = walk(FILES[0]?.[1] as string, '--base', '0', '--at', '0');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/whole\.kdump is a kdump, which says itself what lies where/);
  });
});

describe('ELF cores', () => {
  const bytes = memory(
    4,
    Object.fromEntries(
      Object.entries(FOUR_LEVELS).map(([at, word]) => [Number(at) - 0x1000, word]),
    ),
  );
  const core = (name: string, made: Parameters<typeof makeElf>[0]) => {
    const path = join(folder, name);
    writeFileSync(path, makeElf(made));
    return path;
  };

  it('of segments that follow each other read as one memory', () => {
    const segments = [
      { physical: 0x3000n, bytes: bytes.subarray(0x2000) },
      { physical: 0x1000n, bytes: bytes.subarray(0, 0x2000) },
    ];
    const { data, exitCode } = json(core('two.elf', { segments }), '--at', '0x2fff');
    expect([exitCode, data.end.physical]).toEqual([0, '0x124fff']);
    expect(data.container).toBe('elf');
  });

  const lies = [
    [
      'longer than the file',
      { filesz: 1n << 40n, memsz: 1n << 40n },
      /segment 0 .* needs bytes up/,
    ],
    ['beyond the file', { offset: 1n << 50n }, /segment 0 .* needs bytes up/],
    ['larger than its memory', { memsz: 1n }, /segment 0 has 16384 bytes in the file for 1/],
  ] as const;
  it.each(lies)('whose segment is %s are refused', (_what, claims, says) => {
    const path = core('lie.elf', { segments: [{ physical: 0x1000n, bytes, claims }] });
    const { stdout, stderr, exitCode } = walk(path, '--at', '0');
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^pagewright: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  it('cut anywhere are refused with one line', () => {
    const path = core('whole.elf', { segments: [{ physical: 0x1000n, bytes }] });
    for (const length of [16_000, 150, 100, 40]) {
      truncateSync(path, length);
      const { stdout, stderr, exitCode } = walk(path, '--at', '0');
      expect([stdout, exitCode]).toEqual(['', 2]);
      expect(stderr).toMatch(/^pagewright: [^\n]+\n$/);
    }
  });
});

it('reads a huge file lazily', () => {
  const path = join(folder, 'huge');
  const descriptor = openSync(path, 'w');
  const at = 2 ** 40;
  truncateSync(path, at + 5 * PAGE);
  const base = BigInt(at);
  const moved = { ...FOUR_LEVELS, 4096: (base + 0x2000n) | FLAGS, 8192: (base + 0x3000n) | FLAGS };
  writeSync(descriptor, memory(5, { ...moved, 12288: (base + 0x4000n) | FLAGS }), 0, 5 * PAGE, at);
  const root = `0x${(base + 0x1000n).toString(16)}`;
  const { stdout, exitCode } = runCli([
    'walk',
    path,
    '--form',
    'x86_64',
    '--root',
    root,
    '--at',
    '0x1000',
    '--json',
  ]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).end).toMatchObject({ kind: 'mapped', pfn: '0x123' });
});

import { describe, expect, test } from 'vitest';
import {
  checkedAddress,
  fail,
  ok,
  type PhysicalMemory,
  physAddr,
  ranges,
  type Span,
  type WalkedEntry,
  walk,
  walkEntries,
} from '../../src/index.js';
import { HUGE, PRESENT, toy } from '../toy-form.js';

const ROOT = physAddr(0x1000n);
const TABLE = 0x4000n;
const BYTES = 0x8000;

/** Memory of 32 KiB whose words are given by address; everything else in it is 0. */
function memoryOf(words: Readonly<Record<number, bigint>>): PhysicalMemory {
  const view = new DataView(new ArrayBuffer(BYTES));
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), Number(value));
  return {
    byteCount: BigInt(BYTES),
    read: (address, length) =>
      Number(address) + length <= BYTES
        ? ok(new Uint8Array(view.buffer, Number(address), length))
        : fail('not-in-dump', 'nothing lies there'),
  };
}

/** PMD 0 points to a table with one page, PMD 1 maps a huge page, PMD 2 points out of memory. */
const memory = memoryOf({
  4096: TABLE | PRESENT,
  4100: 0x200000n | HUGE | PRESENT,
  4104: 0x90000n | PRESENT,
  16392: 0x77000n | PRESENT,
});

function parts(span: Span, of = memory, root = ROOT): WalkedEntry[] {
  const walked = walkEntries(toy, of, root, span);
  if (!walked.ok) throw new Error(walked.problem.message);
  return [...walked.value];
}

describe('one address', () => {
  const end = (address: bigint) => {
    const found = walk(toy, memory, ROOT, address);
    return found.ok ? found.value.end : found.problem.code;
  };

  test('ends at a page, inside a huge page, at nothing, or where memory ends', () => {
    expect(end(0x2345n)).toEqual({ kind: 'mapped', level: 'pte', pfn: 0x77n, physical: 0x77345n });
    expect(end(0x212345n)).toMatchObject({ level: 'pmd', pfn: 0x212n, physical: 0x212345n });
    expect(end(0x3000n)).toEqual({ kind: 'not-mapped', level: 'pte' });
    expect(end(0xffff_ffffn)).toEqual({ kind: 'not-mapped', level: 'pmd' });
    expect(end(0x400000n)).toMatchObject({ kind: 'unreadable', problem: { code: 'not-in-dump' } });
  });

  test('that the form does not translate is refused', () => {
    expect(end(1n << 32n)).toBe('address-outside-form');
    expect(end(-4096n)).toBe('address-outside-form');
    expect(end(1n << 64n)).toBe('address-outside-form');
  });
});

describe('canonical addresses', () => {
  const HIGH = 0xffff_ffff_fff0_0000n;
  test.each([
    ['sign-extended', [0x7_ffffn, HIGH | 0x8_0000n], [0x8_0000n, HIGH, 1n << 63n, -1n]],
    ['either-half', [0xf_ffffn, HIGH], [0x10_0000n, 1n << 63n, -1n]],
    ['unsigned', [0n, 0xf_ffffn], [0x10_0000n, HIGH, -1n]],
  ] as const)('%s', (canonical, inside, outside) => {
    const form = toy.with({ wordBits: 64, addressBits: 20, canonical });
    for (const address of inside) {
      expect(checkedAddress(form, address)).toEqual({ ok: true, value: address });
    }
    for (const address of outside) {
      expect(checkedAddress(form, address)).toMatchObject({
        ok: false,
        problem: { code: 'address-outside-form', evidence: { address } },
      });
    }
  });
});

describe('a span', () => {
  test('is tiled entry by entry, and can be walked again', () => {
    const walked = walkEntries(toy, memory, ROOT, { start: 0x1800n, end: 0x400000n });
    if (!walked.ok) throw new Error(walked.problem.message);
    const [first, second] = [[...walked.value], [...walked.value]];
    expect(second).toEqual(first);
    expect(first[0]).toMatchObject({ start: 0x1800n, end: 0x2000n, level: 'pte', index: 1 });
    expect(first.at(-1)).toMatchObject({ start: 0x200000n, end: 0x400000n, level: 'pmd' });
    expect(first.length).toBe(511 + 1);
    const joined = [...ranges(first, ({ decoded }) => decoded.kind)];
    expect(joined.map(({ key, entries }) => [key, entries])).toEqual([
      ['none', 1],
      ['leaf', 1],
      ['none', 509],
      ['leaf', 1],
    ]);
  });

  test('reaches the last address of the form', () => {
    expect(parts({ start: 0xffe0_0000n, end: 1n << 32n })).toMatchObject([
      { start: 0xffe0_0000n, end: 1n << 32n, index: 2047 },
    ]);
  });

  test.each([
    ['empty', { start: 0x1000n, end: 0x1000n }, 'empty-span'],
    ['backwards', { start: 0x2000n, end: 0x1000n }, 'empty-span'],
    ['from below 0', { start: -1n, end: 0x1000n }, 'address-outside-form'],
    ['past the end', { start: 0n, end: (1n << 32n) + 1n }, 'address-outside-form'],
  ])('%s is refused', (_, span, code) => {
    expect(walkEntries(toy, memory, ROOT, span)).toMatchObject({ ok: false, problem: { code } });
  });

  test('that crosses the hole between two halves is refused', () => {
    const form = toy.with({ wordBits: 64, addressBits: 20, canonical: 'either-half' });
    const span = { start: 0n, end: 1n << 64n };
    expect(walkEntries(form, memory, ROOT, span)).toMatchObject({
      ok: false,
      problem: { code: 'address-outside-form', message: expect.stringContaining('crosses') },
    });
  });

  test('under a root that cannot be read is refused', () => {
    for (const root of [BigInt(BYTES), (1n << 64n) - 4n]) {
      expect(walkEntries(toy, memory, physAddr(root), { start: 0n, end: 1n })).toMatchObject({
        ok: false,
        problem: { code: 'not-in-dump' },
      });
    }
  });
});

describe('hostile tables', () => {
  test('one out of memory is a problem at its place', () => {
    const [broken] = parts({ start: 0x400000n, end: 0x600000n });
    expect(broken).toMatchObject({
      level: 'pmd',
      decoded: { kind: 'invalid' },
      problem: { code: 'not-in-dump', evidence: { level: 'pte', table: 0x90000n } },
    });
  });

  test('one that contains itself is not entered', () => {
    const loop = memoryOf({ 4096: ROOT | PRESENT });
    expect(parts({ start: 0n, end: 0x400000n }, loop)).toMatchObject([
      { problem: { code: 'table-loop' } },
      { decoded: { kind: 'none' } },
    ]);
  });

  test('one that contains itself ends the walk of an address', () => {
    const loop = memoryOf({ 4096: ROOT | PRESENT });
    const found = walk(toy, loop, ROOT, 0n);
    expect(found.ok && found.value.end).toMatchObject({
      kind: 'unreadable',
      problem: { code: 'table-loop' },
    });
    expect(found.ok && found.value.steps.length).toBe(1);
  });

  test('one that is reached again and again is entered as often as tables fit, twice over', () => {
    const slots = Array.from({ length: 2048 }, (_, i) => [0x1000 + 4 * i, TABLE | PRESENT]);
    const all = parts({ start: 0n, end: 1n << 32n }, memoryOf(Object.fromEntries(slots)));
    const refused = all.filter(({ problem }) => problem?.code === 'too-many-tables');
    const entered = 2048 - refused.length;
    expect(entered).toBeLessThanOrEqual(2 * (BYTES / 2048) + 64);
    expect(all.length).toBe(entered * 512 + refused.length);
    expect(all.at(-1)?.end).toBe(1n << 32n);
  });
});

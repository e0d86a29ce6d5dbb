import { virtAddr } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madeForm } from './make-form.js';
import { MadeKernel } from './make-kernel.js';

const at = virtAddr;
const run = (start: bigint, end: bigint, physical: bigint) => ({
  name: 'direct map',
  start: at(start),
  end,
  physical,
});
const fine = <T>(value: T) => ({ ok: true, value });
const problem = (code: string) => ({ ok: false, problem: { code } });

describe('through the tables', () => {
  const kernel = new MadeKernel(madeForm(), 16)
    .map(0x40_0000n, 5)
    .map(0x40_1000n, 9)
    .map(0x40_2000n, 6)
    .word(5 * 4096 + 8, 0x1122_3344_5566_7788n)
    .text(5 * 4096 + 4090, 'kernel')
    .text(9 * 4096, ' memory\0rest');
  const virtual = kernel.virtual();

  test('numbers have the width and byte order asked for', () => {
    expect(virtual.u64(at(0x40_0008n))).toEqual(fine(0x1122_3344_5566_7788n));
    expect(virtual.pointer(at(0x40_0008n))).toEqual(fine(0x1122_3344_5566_7788n));
    expect(virtual.u32(at(0x40_0008n))).toEqual(fine(0x5566_7788));
    expect(virtual.u16(at(0x40_000en))).toEqual(fine(0x1122));
    expect(virtual.u8(at(0x40_000fn))).toEqual(fine(0x11));
  });

  test('a read over pages that do not follow each other is put together', () => {
    const found = virtual.read(at(0x40_0ffan), 13);
    expect(found.ok && Buffer.from(found.value).toString()).toBe('kernel memory');
    expect(virtual.cString(at(0x40_0ffan), 99)).toEqual(fine('kernel memory'));
    expect(virtual.cString(at(0x40_0ffan), 9)).toEqual(fine('kernel me'));
  });

  test('what no table maps says so, also in the middle of a read', () => {
    expect(virtual.u8(at(0x80_0000n))).toMatchObject(problem('not-mapped'));
    expect(virtual.read(at(0x40_2ff0n), 32)).toMatchObject(problem('not-mapped'));
    expect(virtual.u8(at(1n << 40n))).toMatchObject(problem('address-outside-form'));
  });

  test('sizes that lie are refused before anything is allocated', () => {
    expect(virtual.read(at(0x40_0000n), 2 ** 40)).toMatchObject(problem('too-long'));
    expect(virtual.read(at(2n ** 64n - 4n), 8)).toMatchObject(problem('address-outside-form'));
  });

  test('a leaf that was found is not searched again', () => {
    const fresh = new MadeKernel(madeForm(), 16).mapHuge(0x60_0000n, 0);
    const memory = fresh.virtual();
    expect(memory.u8(at(0x60_0001n)).ok).toBe(true);
    const before = fresh.reads;
    expect(memory.u8(at(0x60_3000n)).ok).toBe(true);
    expect(fresh.reads - before).toBe(1);
  });

  test('where halves have a root each, low addresses are not the kernel’s', () => {
    const halves = new MadeKernel(madeForm({ canonical: 'either-half' }), 16).map(0x40_0000n, 5);
    const memory = halves.virtual();
    expect(memory.u8(at(0x40_0000n))).toMatchObject(problem('not-mapped'));
    expect(memory.u8(at(0xffff_ffff_c040_0000n)).ok).toBe(true);
  });
});

test('big-endian kernels are read in their order', () => {
  const kernel = new MadeKernel(madeForm({ byteOrder: 'big' }), 8)
    .map(0x1000n, 5)
    .word(5 * 4096, 0x0102_0304_0506_0708n);
  const virtual = kernel.virtual();
  expect(virtual.u64(at(0x1000n))).toEqual(fine(0x0102_0304_0506_0708n));
  expect(virtual.u16(at(0x1000n))).toEqual(fine(0x0102));
});

describe('runs', () => {
  const missing = new Map([
    [6, 'excluded'],
    [7, 'not-in-dump'],
    [8, 'not-in-dump'],
  ] as const);
  const kernel = new MadeKernel(madeForm(), 16, missing).map(0x3000_7000n, 5).word(5 * 4096, 77n);
  const virtual = kernel.virtual([run(0x3000_0000n, 0x3000_c000n, 0n)]);

  test('need no table', () => {
    expect(virtual.u64(at(0x3000_5000n))).toEqual(fine(77n));
    expect(virtual.physical(at(0x3000_5008n))).toEqual(fine(0x5008n));
  });

  test('a page left out on purpose is excluded; where memory is missing the tables are asked', () => {
    expect(virtual.u64(at(0x3000_6000n))).toMatchObject(problem('excluded'));
    expect(virtual.u64(at(0x3000_7000n))).toEqual(fine(77n));
    expect(virtual.physical(at(0x3000_7000n))).toEqual(fine(0x5000n));
    expect(virtual.u64(at(0x3000_8000n))).toMatchObject(problem('not-in-dump'));
  });

  test('a read that ends outside its run goes through the tables', () => {
    expect(virtual.read(at(0x3000_bff8n), 8).ok).toBe(true);
    expect(virtual.read(at(0x3000_bff8n), 16)).toMatchObject(problem('not-mapped'));
  });
});

test('any read answers the bytes that single reads answer, or a code', () => {
  const kernel = new MadeKernel(madeForm(), 12).map(0x1000n, 6).map(0x2000n, 4).map(0x4000n, 8);
  for (const frame of [4, 6, 8]) kernel.text(frame * 4096, 'abcdefg'.repeat(585));
  const virtual = kernel.virtual([run(0x5000n, 0x8000n, 0x4000n)]);
  fc.assert(
    fc.property(fc.bigInt(0xff0n, 0x8010n), fc.integer({ min: 1, max: 9000 }), (start, length) => {
      const found = virtual.read(at(start), length);
      const bytes = found.ok ? found.value.slice() : undefined;
      const singles = Array.from({ length }, (_, i) => virtual.u8(at(start + BigInt(i))));
      if (bytes === undefined) expect(singles.some(({ ok }) => !ok)).toBe(true);
      else expect([...bytes]).toEqual(singles.map((one) => one.ok && one.value));
    }),
    { numRuns: 60 },
  );
});

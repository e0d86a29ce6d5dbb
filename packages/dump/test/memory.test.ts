import { type PhysicalMemory, physAddr } from '@pagewright/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSource, openDump, rawMemory, segmentMemory } from '../src/index.js';

const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i & 0xff);
const read = (memory: PhysicalMemory, address: bigint, length: number) => {
  const found = memory.read(physAddr(address), length);
  return found.ok ? [...found.value] : found.problem.code;
};

test('a raw image begins at its base address', () => {
  const image = bytesSource('image', counting(64));
  expect(read(rawMemory(image), 0n, 2)).toEqual([0, 1]);
  const based = rawMemory(image, 0x8000_0000n);
  expect(read(based, 0x8000_0010n, 2)).toEqual([16, 17]);
  expect(read(based, 0x7fff_ffffn, 1)).toBe('not-in-dump');
  expect(read(based, 0x8000_003fn, 2)).toBe('not-in-dump');
  const opened = openDump(image, { rawBase: 0x8000_0000n });
  expect(opened.ok && read(opened.value.memory, 0x8000_0001n, 1)).toEqual([1]);
});

test('a read that crosses into the next segment is put together', () => {
  const memory = segmentMemory(bytesSource('file', counting(64)), [
    { physical: 0x110n, offset: 32n, length: 16n },
    { physical: 0x100n, offset: 0n, length: 16n },
  ]);
  expect(read(memory, 0x10en, 4)).toEqual([14, 15, 32, 33]);
  expect(read(memory, 0x11en, 4)).toBe('not-in-dump');
});

test('a problem names the first address that is missing', () => {
  const memory = segmentMemory(bytesSource('file', counting(64)), [
    { physical: 0x100n, offset: 0n, length: 16n },
  ]);
  const found = memory.read(physAddr(0x108n), 16);
  expect(!found.ok && found.problem.message).toBe('physical 0x110 is not in file');
});

test('overlapping segments: the one that begins first answers, the rest keeps its place', () => {
  const memory = segmentMemory(bytesSource('file', counting(128)), [
    { physical: 0x100n, offset: 0n, length: 64n },
    ...Array.from({ length: 20 }, (_, i) => ({
      physical: 0x104n + BigInt(i),
      offset: 100n,
      length: 2n,
    })),
    { physical: 0x13cn, offset: 64n, length: 8n },
  ]);
  expect(read(memory, 0x130n, 1)).toEqual([0x30]);
  expect(read(memory, 0x13en, 4)).toEqual([62, 63, 68, 69]);
  expect(memory.byteCount).toBe(68n);
});

test('segments that claim the same bytes again and again do not make the memory larger', () => {
  const segments = Array.from({ length: 1000 }, (_, i) => ({
    physical: BigInt(i) << 20n,
    offset: 0n,
    length: 64n,
  }));
  expect(segmentMemory(bytesSource('file', counting(64)), segments).byteCount).toBe(64n);
});

test('a segment at the top of the address space is readable to its last byte', () => {
  const physical = (1n << 64n) - 16n;
  const memory = segmentMemory(bytesSource('file', counting(16)), [
    { physical, offset: 0n, length: 16n },
  ]);
  expect(read(memory, physical + 15n, 1)).toEqual([15]);
});

test('any segments, any read: the bytes are those of a plain model, or the read is refused', () => {
  const segment = fc.record({ physical: fc.nat(200), offset: fc.nat(80), length: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(segment), fc.nat(240), fc.integer({ min: 1, max: 40 }), (raw, at, n) => {
      const bytes = counting(128);
      const segments = raw.map((s) => ({
        physical: BigInt(s.physical),
        offset: BigInt(s.offset),
        length: BigInt(s.length),
      }));
      const model = new Map<number, number>();
      const byStart = [...raw].sort((a, b) => a.physical - b.physical);
      for (const s of byStart) {
        for (let i = 0; i < s.length; i++) {
          if (!model.has(s.physical + i)) model.set(s.physical + i, bytes[s.offset + i] as number);
        }
      }
      const wanted = Array.from({ length: n }, (_, i) => model.get(at + i));
      const expected = wanted.includes(undefined) ? 'not-in-dump' : wanted;
      const memory = segmentMemory(bytesSource('file', bytes), segments);
      expect(read(memory, BigInt(at), n)).toEqual(expected);
    }),
  );
});

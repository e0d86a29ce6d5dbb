import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decompressors } from '../src/index.js';
import { nodeDecompressors } from '../src/node.js';
import { VECTORS, vectorPage } from './compressed-vectors.js';
import { COMPRESSORS } from './compressors.js';
import { madePage } from './make-memory.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});
const NAMES = ['zlib', 'lzo', 'snappy', 'zstd'] as const;

test.each([
  ['lzo1x-1', 'lzo'],
  ['lzo1x-999', 'lzo'],
  ['zstd', 'zstd'],
] as const)('%s as its own library writes it', (vector, name) => {
  const stored = new Uint8Array(Buffer.from(VECTORS[vector], 'base64'));
  expect(decompressors[name](stored, 4096)).toEqual(vectorPage());
  // One byte too few for the result: refused, never written beyond.
  expect(decompressors[name](stored, 4095)?.length).not.toBe(4096);
});

describe.each(NAMES)('%s', (name) => {
  test('gives back what was compressed', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 5000 }), (seed, size) => {
        const page = madePage(seed, size);
        expect(decompressors[name](COMPRESSORS[name](page), size)).toEqual(page);
      }),
    );
  });

  test('damaged and cut data is refused or comes back no longer than asked', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(60), damage, fc.nat(), fc.boolean(), (seed, changes, cut, whole) => {
        const stored = COMPRESSORS[name](madePage(seed));
        for (const [at, value] of changes) stored[at % stored.length] = value;
        const given = whole ? stored : stored.subarray(0, cut % stored.length);
        const page = decompressors[name](given, 4096);
        expect(page?.length ?? 0).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decompressors[name](bytes, 4096)?.length ?? 0).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 500 },
    );
  });
});

test('lzo: a stream without its end mark, or with bytes behind it, is none', () => {
  const stored = COMPRESSORS.lzo(madePage(2));
  expect(decompressors.lzo(stored, 4096)).toEqual(madePage(2));
  expect(decompressors.lzo(stored.subarray(0, -3), 4096)).toBeUndefined();
  expect(decompressors.lzo(Uint8Array.from([...stored, 0]), 4096)).toBeUndefined();
  // A match that reaches before the first byte.
  expect(decompressors.lzo(Uint8Array.of(18, 65, 32, 1, 8, 0, 17, 0, 0), 4096)).toBeUndefined();
});

test('snappy: a literal of 2^32 bytes is refused at once', () => {
  const input = Uint8Array.of(16, 0xfc, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4);
  expect(decompressors.snappy(input, 4096)).toBeUndefined();
});

test('snappy: every tag, and a length that the preamble did not announce', () => {
  // Literals "abcd", then copies with one, two and four bytes of offset, four bytes each.
  const copies = [0x01, 4, 0x0e, 4, 0, 0x0f, 8, 0, 0, 0];
  const stream = (announced: number) => Uint8Array.of(announced, 0x0c, 97, 98, 99, 100, ...copies);
  const text = decompressors.snappy(stream(16), 4096);
  expect(text && new TextDecoder().decode(text)).toBe('abcdabcdabcdabcd');
  expect(decompressors.snappy(stream(17), 4096)).toBeUndefined();
  expect(decompressors.snappy(stream(15), 4096)).toBeUndefined();
  expect(decompressors.snappy(stream(16), 15)).toBeUndefined();
});

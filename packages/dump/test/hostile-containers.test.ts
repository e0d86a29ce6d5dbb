import { physAddr } from '@pagewright/core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { bytesSource, type Decompressors, openDump } from '../src/index.js';
import { nodeDecompressors } from '../src/node.js';
import { makeElf } from './make-elf.js';
import { inChunks, makeFlattened } from './make-flattened.js';
import { type MadeKdump, makeKdump } from './make-kdump.js';
import { makeLime } from './make-lime.js';
import { madePage } from './make-memory.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

const pages = new Map<number, Uint8Array | 'excluded'>([
  [1, madePage(1)],
  [2, 'excluded'],
  [3, madePage(2)],
  [4, madePage(3)],
  [6, madePage(4)],
]);
const kdump = (made: Partial<MadeKdump>) => makeKdump({ pages, vmcoreinfo: 'A=1\n', ...made })[0];
const segments = [1, 3].map((n) => ({ physical: BigInt(n) << 12n, bytes: madePage(n) }));
const FILES: Readonly<Record<string, Uint8Array | undefined>> = {
  'kdump, zlib': kdump({ compression: 'zlib' }),
  'kdump, lzo, big-endian': kdump({ compression: 'lzo', byteOrder: 'big' }),
  'kdump, snappy, 32 bits': kdump({ compression: 'snappy', words: '32-padded' }),
  'kdump, zstd, version 3': kdump({ compression: 'zstd', version: 3 }),
  'flattened kdump': makeFlattened(inChunks(kdump({}) as Uint8Array, 3000)),
  LiME: makeLime(segments),
  ELF: makeElf({ segments }),
};

/** Where damage hurts: bytes near the places that structures begin at, rather than in pages. */
const place = fc.oneof(
  fc.nat(512),
  fc.nat(160).map((n) => 4096 + n),
  fc.nat(64).map((n) => 8192 + n),
  fc.nat(64).map((n) => 12288 + n),
  fc.nat(200).map((n) => 16384 + n),
  fc.nat(),
);
const damage = fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 5 });

test.each(Object.entries(FILES))('%s: damaged and cut files never throw', (_name, file) => {
  if (file === undefined) throw new Error('the maker made nothing');
  fc.assert(
    fc.property(damage, fc.nat(), fc.boolean(), (changes, cut, whole) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const given = whole ? bytes : bytes.subarray(0, cut % bytes.length);
      const dump = openDump(bytesSource('hostile', given), { decompressors });
      if (!dump.ok) {
        expect(dump.problem.code).toMatch(/^[a-z-]+$/);
        return;
      }
      const { memory } = dump.value;
      expect(memory.byteCount).toBeGreaterThanOrEqual(0n);
      for (const at of [0n, 0x1000n, 0x1ffcn, 0x3000n, 0x4000n, 0x6000n, 1n << 40n, 1n << 63n]) {
        const found = memory.read(physAddr(at), 4096);
        if (found.ok) expect(found.value.length).toBe(4096);
        else expect(found.problem.message).not.toContain('\n');
      }
    }),
    { numRuns: 500 },
  );
});

test('files that only look like raw images are named for what they are', () => {
  const code = (...magic: number[]) => {
    const dump = openDump(bytesSource('odd', Uint8Array.from([...magic, ...madePage(1)])));
    return dump.ok ? dump.value.container : dump.problem.message;
  };
  expect(code(0x28, 0xb5, 0x2f, 0xfd)).toMatch(/compressed with zstd; decompress it first/);
  expect(code(0x1f, 0x8b)).toMatch(/gzip/);
  expect(code(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)).toMatch(/xz/);
  expect(code(...new TextEncoder().encode('DISKDUMP'))).toMatch(/of before kdump/);
  expect(code(1, 2, 3)).toBe('raw');
});

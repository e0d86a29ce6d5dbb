import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { unflattened } from '../src/flattened/flattened.js';
import { bytesSource, type Decompressors, openDump } from '../src/index.js';
import { nodeDecompressors } from '../src/node.js';
import { makeElf } from './make-elf.js';
import { inChunks, type MadeChunk, makeFlattened } from './make-flattened.js';
import { makeKdump } from './make-kdump.js';
import { bytesOrCode, expectedPage, madePage } from './make-memory.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

const content = (chunks: readonly MadeChunk[]) =>
  unflattened(bytesSource('flat', makeFlattened(chunks)));

test('chunks in any order and on top of each other: as if each were written in turn', () => {
  const chunk = fc.record({
    start: fc.nat(120),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(chunk, { minLength: 1, maxLength: 12 }), fc.nat(160), (chunks, at) => {
      const size = Math.max(...chunks.map(({ start, bytes }) => start + bytes.length));
      const written = new Uint8Array(size);
      for (const { start, bytes } of chunks) written.set(bytes, start);
      const found = content(chunks);
      if (!found.ok) throw new Error(found.problem.message);
      expect(found.value.byteCount).toBe(BigInt(size));
      expect([...found.value.read(0n, size)]).toEqual([...written]);
      const from = at % size;
      expect([...found.value.read(BigInt(from), size - from)]).toEqual([...written.subarray(from)]);
    }),
    { numRuns: 500 },
  );
});

test('a flattened kdump, its header rewritten at the end, and a flattened ELF core', () => {
  const pages = new Map<number, Uint8Array | 'excluded'>([
    [1, madePage(6)],
    [2, 'excluded'],
    [9, madePage(7)],
  ]);
  const [file] = makeKdump({ pages, compression: 'lzo', vmcoreinfo: 'A=1\n' }) as [Uint8Array];
  const early = { start: 0, bytes: new Uint8Array(4096) };
  const flat = makeFlattened([early, ...inChunks(file, 1000).reverse()]);
  const dump = openDump(bytesSource('flat', flat), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  expect(dump.value).toMatchObject({ container: 'kdump', flattened: true, vmcoreinfo: 'A=1\n' });
  for (let frame = 0; frame < 12; frame++) {
    const found = bytesOrCode(dump.value.memory, BigInt(frame) << 12n, 4096);
    expect(found).toBe(expectedPage(pages, frame));
  }

  const elf = makeElf({ segments: [{ physical: 0x1000n, bytes: madePage(3) }] });
  const core = openDump(bytesSource('flat', makeFlattened(inChunks(elf, 512))));
  if (!core.ok) throw new Error(core.problem.message);
  expect(core.value).toMatchObject({ container: 'elf', flattened: true });
  const page = Buffer.from(madePage(3)).toString('hex');
  expect(bytesOrCode(core.value.memory, 0x1000n, 4096)).toBe(page);
});

test('lies are refused', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const code = (file: Uint8Array) => {
    const found = unflattened(bytesSource('flat', file));
    return found.ok ? 'opened' : found.problem.code;
  };
  expect(code(makeFlattened([{ start: 0, bytes }], false))).toBe('truncated');
  expect(code(makeFlattened([{ start: -5, bytes }]))).toBe('bad-flattened');
  expect(code(makeFlattened([{ start: 2 ** 53, bytes }]))).toBe('bad-flattened');
  // A few bytes that claim to stand for a file of terabytes.
  expect(code(makeFlattened([{ start: 2 ** 42, bytes }]))).toBe('bad-flattened');
  expect(code(makeFlattened([{ start: 0, bytes: new Uint8Array(0) }]))).toBe('bad-flattened');
  const long = makeFlattened([{ start: 0, bytes }]);
  new DataView(long.buffer).setBigInt64(4096 + 8, 1n << 40n);
  expect(code(long)).toBe('truncated');
  const future = makeFlattened([{ start: 0, bytes }]);
  new DataView(future.buffer).setBigInt64(24, 2n);
  expect(code(future)).toBe('bad-flattened');
});

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  bytesSource,
  type Decompressors,
  type FilePiece,
  type KdumpContents,
  kdumpPieces,
  openDump,
} from '../src/index.js';
import { nodeDecompressors } from '../src/node.js';
import { bytesOrCode, expectedPage, type MadeMemory, memories } from './make-memory.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

const ZLIB = { name: 'zlib', compress: (page: Uint8Array) => deflateSync(page) } as const;
const UTSNAME = { release: '6.12.0', version: '#1 SMP', machine: 'made' };

function contentsOf(memory: MadeMemory, more: Partial<KdumpContents> = {}): KdumpContents {
  const frames = [...memory.keys()].sort((a, b) => a - b);
  return {
    byteOrder: 'little',
    wordBits: 64,
    pageBytes: 4096,
    utsname: UTSNAME,
    vmcoreinfo: 'OSRELEASE=6.12.0\n',
    frames: frames.filter((frame) => memory.get(frame) !== 'excluded'),
    page: (frame) => memory.get(frame) as Uint8Array,
    frameCount: (frames.at(-1) ?? 0) + 1,
    isMemory: (frame) => memory.has(frame),
    ...more,
  };
}

function pieces(contents: KdumpContents): FilePiece[] {
  const made = kdumpPieces(contents);
  if (!made.ok) throw new Error(made.problem.message);
  return [...made.value];
}

function fileOf(parts: readonly FilePiece[]): Uint8Array {
  const out = new Uint8Array(Math.max(...parts.map(({ offset, bytes }) => offset + bytes.length)));
  for (const { offset, bytes } of parts) out.set(bytes, offset);
  return out;
}

test('what is written is read back, in every byte order, word and page size', () => {
  const anyShape = fc.record({
    byteOrder: fc.constantFrom('little' as const, 'big' as const),
    wordBits: fc.constantFrom(32 as const, 64 as const),
    pageBytes: fc.constantFrom(4096, 16384, 65536),
    isCompressed: fc.boolean(),
    vmcoreinfo: fc.string({ maxLength: 5000 }).map((text) => `A=1\n${text.replaceAll('\0', '')}`),
  });
  const both = anyShape.chain((shape) =>
    fc.tuple(fc.constant(shape), memories(40_000, shape.pageBytes)),
  );
  fc.assert(
    fc.property(both, ([{ isCompressed, ...shape }, memory]) => {
      const compression = isCompressed ? { compression: ZLIB } : {};
      const file = fileOf(pieces(contentsOf(memory, { ...shape, ...compression })));
      const dump = openDump(bytesSource('made', file), { decompressors });
      if (!dump.ok) throw new Error(dump.problem.message);
      const { container, byteOrder, wordBits, utsname, vmcoreinfo } = dump.value;
      expect({ container, byteOrder, wordBits, utsname, vmcoreinfo }).toEqual({
        container: 'kdump',
        byteOrder: shape.byteOrder,
        wordBits: shape.wordBits,
        utsname: UTSNAME,
        vmcoreinfo: shape.vmcoreinfo,
      });
      const bytes = shape.pageBytes;
      for (const frame of [...memory.keys(), 0, 17, 40_001]) {
        const read = bytesOrCode(dump.value.memory, BigInt(frame) * BigInt(bytes), bytes);
        expect([frame, read]).toEqual([frame, expectedPage(memory, frame)]);
      }
    }),
    { numRuns: 60 },
  );
});

test('pages of zeros are stored once, and pages that do not shrink as they are', () => {
  const noise = Uint8Array.from({ length: 4096 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
  const zeros = new Uint8Array(4096);
  const memory = new Map([...Array(20).keys()].map((frame) => [frame, zeros]));
  const one = fileOf(pieces(contentsOf(new Map([[19, zeros]])))).length;
  const twenty = fileOf(pieces(contentsOf(memory))).length;
  expect(twenty - one).toBe(19 * 24);
  const grown = {
    name: 'zlib',
    compress: (page: Uint8Array) => new Uint8Array(page.length),
  } as const;
  const kept = contentsOf(new Map([[3, noise]]), { compression: grown });
  const dump = openDump(bytesSource('made', fileOf(pieces(kept))), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  expect(bytesOrCode(dump.value.memory, 3n * 4096n, 4096)).toBe(Buffer.from(noise).toString('hex'));
});

test('a file whose writing broke off is no kdump', () => {
  const parts = pieces(contentsOf(new Map([[2, new Uint8Array(4096).fill(7)]])));
  const dump = openDump(bytesSource('made', fileOf(parts.slice(0, -1))), { decompressors });
  expect(dump).toMatchObject({ ok: true, value: { container: 'raw' } });
});

test('more frames than any reader takes are refused', () => {
  const contents = contentsOf(new Map(), { frameCount: 2 ** 34 + 1 });
  expect(kdumpPieces(contents)).toMatchObject({ ok: false, problem: { code: 'too-many-frames' } });
});

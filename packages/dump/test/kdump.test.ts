import { physAddr } from '@pagewright/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesSource, type Decompressors, type Dump, openDump } from '../src/index.js';
import { nodeDecompressors } from '../src/node.js';
import { type MadeKdump, makeKdump } from './make-kdump.js';
import { bytesOrCode, expectedPage, type MadeMemory, madePage, memories } from './make-memory.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

const sources = (files: readonly Uint8Array[]) =>
  files.map((bytes, i) => bytesSource(`part${i}`, bytes));
function opened(made: MadeKdump): Dump {
  const dump = openDump(sources(makeKdump(made)), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}
const problemOf = (files: readonly Uint8Array[]) => {
  const dump = openDump(sources(files), { decompressors });
  return dump.ok ? undefined : dump.problem;
};
const FRAMES = 40;

function expectMemory(dump: Dump, pages: MadeMemory, blockSize = 4096): void {
  for (let frame = 0; frame < FRAMES + 2; frame++) {
    const at = BigInt(frame * blockSize);
    expect(bytesOrCode(dump.memory, at, blockSize)).toBe(expectedPage(pages, frame));
  }
}

const variants = fc.record({
  version: fc.constantFrom(1, 2, 3, 4, 5, 6),
  byteOrder: fc.constantFrom('little', 'big'),
  words: fc.constantFrom(64, '32-packed', '32-padded'),
  compression: fc.constantFrom('none', 'zlib', 'lzo', 'snappy', 'zstd'),
} as const) as fc.Arbitrary<Pick<MadeKdump, 'version' | 'byteOrder' | 'words' | 'compression'>>;

test('every version, byte order, word size and compression reads back as it was written', () => {
  fc.assert(
    fc.property(variants, memories(FRAMES), (variant, pages) => {
      const dump = opened({ ...variant, pages, vmcoreinfo: 'OSRELEASE=made\n' });
      expect(dump).toMatchObject({
        container: 'kdump',
        flattened: false,
        byteOrder: variant.byteOrder,
        wordBits: variant.words === 64 ? 64 : 32,
        utsname: { release: '6.12.0-made', machine: 'made' },
      });
      expectMemory(dump, pages);
      const present = [...pages.values()].filter((page) => page !== 'excluded').length;
      expect(dump.memory.byteCount).toBe(BigInt(present * 4096));
      const hasText = (variant.version ?? 6) >= 3;
      expect(dump.vmcoreinfo).toBe(hasText ? 'OSRELEASE=made\n' : undefined);
    }),
    { numRuns: 300 },
  );
});

test('a split dump reads the same whatever the order of its files', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: FRAMES - 1 }), { maxLength: 3 });
  fc.assert(
    fc.property(variants, memories(FRAMES), cuts, fc.boolean(), (variant, pages, at, backward) => {
      if (variant.version === 1) return;
      const last = Math.max(...pages.keys());
      const splitAt = at.sort((a, b) => a - b).filter((frame) => frame <= last);
      const files = makeKdump({ ...variant, pages, splitAt });
      const dump = openDump(sources(backward ? files.reverse() : files), { decompressors });
      if (!dump.ok) throw new Error(dump.problem.message);
      expectMemory(dump.value, pages);
    }),
  );
});

test('a part of a split dump by itself: its frames, and what is missing said', () => {
  const pages = new Map([
    [2, madePage(1)],
    [9, madePage(2)],
  ]);
  const [, second] = makeKdump({ pages, splitAt: [5] });
  const dump = openDump(sources([second as Uint8Array]), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  expect(bytesOrCode(dump.value.memory, 0x9000n, 4096)).toBe(expectedPage(pages, 9));
  const missing = dump.value.memory.read(physAddr(0x2000n), 8);
  expect(!missing.ok && missing.problem).toMatchObject({
    code: 'not-in-dump',
    message: expect.stringMatching(/0x2000 is in a part that was not given/),
  });
});

test('files that are not parts of one split dump are refused', () => {
  const pages = new Map([
    [2, madePage(1)],
    [9, madePage(2)],
  ]);
  const [a, b] = makeKdump({ pages, splitAt: [5] }) as [Uint8Array, Uint8Array];
  const [whole] = makeKdump({ pages }) as [Uint8Array];
  const [other] = makeKdump({ pages, splitAt: [5], byteOrder: 'big' }) as [Uint8Array];
  expect(problemOf([a, a])).toMatchObject({
    code: 'bad-split',
    message: expect.stringContaining('both hold frame 0'),
  });
  expect(problemOf([whole, b])?.message).toMatch(/one of them is whole/);
  expect(problemOf([other, b])?.message).toMatch(/other machines/);
  expect(problemOf([a, new Uint8Array(100)])?.code).toBe('truncated');
  expect(problemOf([new Uint8Array(100), a])?.code).toBe('bad-usage');
});

test('reads that cross pages are put together, up to the first page that is not there', () => {
  const pages = new Map<number, Uint8Array | 'excluded'>([
    [3, madePage(4)],
    [4, madePage(9)],
    [5, 'excluded'],
  ]);
  const { memory } = opened({ pages, compression: 'zlib' });
  const both = expectedPage(pages, 3) + expectedPage(pages, 4);
  expect(bytesOrCode(memory, 0x3000n, 8192)).toBe(both);
  expect(bytesOrCode(memory, 0x3ffcn, 8)).toBe(both.slice(8184, 8200));
  expect(bytesOrCode(memory, 0x4ffcn, 8)).toBe('excluded');
  expect(bytesOrCode(memory, 0x5ffcn, 8)).toBe('excluded');
  expect(bytesOrCode(memory, 1n << 63n, 8)).toBe('not-in-dump');
});

describe('other forms of the same', () => {
  const pages = new Map<number, Uint8Array | 'excluded'>([
    [1, madePage(5, 65536)],
    [7, 'excluded'],
    [8, madePage(6, 65536)],
  ]);
  test('blocks of 64 KiB, as QEMU writes them for arm64 with whatever pages', () => {
    const dump = opened({ pages, blockSize: 65536, vmcoreinfo: 'PAGESIZE=4096\n' });
    expectMemory(dump, pages, 65536);
  });
  test('one bitmap only: what is memory was dumped', () => {
    const all = new Map([
      [1, madePage(5)],
      [3, madePage(6)],
    ]);
    expectMemory(opened({ pages: all, oneBitmap: true, version: 1 }), all);
  });
  test('VMCOREINFO in the notes alone', () => {
    const note = new Uint8Array(12 + 12 + 8);
    new Uint32Array(note.buffer).set([11, 6, 0]);
    note.set(new TextEncoder().encode('VMCOREINFO\0\0CRASH=1'.slice(0, 18)), 12);
    expect(opened({ pages, blockSize: 65536, notes: note }).vmcoreinfo).toBe('CRASH=');
  });
  test('more frames than one section of the bitmap counts', () => {
    const far = new Map<number, Uint8Array | 'excluded'>();
    for (let i = 0; i < 40; i++) far.set(i * 7001, i % 5 === 0 ? 'excluded' : madePage(i));
    const { memory } = opened({ pages: far, compression: 'snappy' });
    for (const frame of [...far.keys()].reverse()) {
      expect(bytesOrCode(memory, BigInt(frame) << 12n, 4096)).toBe(expectedPage(far, frame));
    }
  });
});

test('compressed pages without their decompressor are named', () => {
  const files = makeKdump({ pages: new Map([[0, madePage(2)]]), compression: 'zstd' });
  const dump = openDump(sources(files));
  const page = dump.ok && dump.value.memory.read(physAddr(0n), 8);
  expect(page).toMatchObject({
    ok: false,
    problem: { code: 'no-decompressor', message: 'part0: pages are compressed with zstd' },
  });
});

const lies: [what: string, at: number, value: number, code: string][] = [
  ['a version of the future', 8, 7, 'bad-kdump'],
  ['blocks that are no power of two', 428, 4095, 'bad-kdump'],
  ['blocks of a gigabyte', 428, 1 << 30, 'bad-kdump'],
  ['a sub header longer than the file', 432, 0xffff_ffff, 'bad-kdump'],
  ['bitmaps longer than the file', 436, 0xffff_ffff, 'bad-kdump'],
  ['more frames than the bitmaps have', 4096 + 96, 0xffff_ffff, 'bad-kdump'],
  ['more frames than any machine', 4096 + 100, 0xffff_ffff, 'bad-kdump'],
];
test.each(lies)('refused: %s', (_what, at, value, code) => {
  const [file] = makeKdump({ pages: new Map([[0, madePage(2)]]) }) as [Uint8Array];
  new DataView(file.buffer).setUint32(at, value, true);
  expect(problemOf([file])?.code).toBe(code);
});

const pageLies: [what: string, at: number, value: number, says: RegExp][] = [
  ['no offset', 0, 0, /frame 0x0: was not written, the dump is incomplete/],
  ['a size beyond a page', 8, 4097, /4097 bytes for a page of 4096/],
  ['a short page that is not compressed', 8, 100, /100 bytes that are not compressed/],
  ['an offset beyond the file', 4, 1, /ends at byte/],
  ['zlib that is none', 12, 1, /damaged zlib data/],
  ['lzo that is none', 12, 2, /damaged lzo data/],
  ['snappy that is none', 12, 4, /damaged snappy data/],
  ['zstd that is none', 12, 0x20, /damaged zstd data/],
];
test.each(pageLies)('a page descriptor with %s', (_what, at, value, says) => {
  const [file] = makeKdump({ pages: new Map([[0, madePage(4)]]) }) as [Uint8Array];
  const descriptor = 4096 * 4;
  const view = new DataView(file.buffer);
  view.setUint32(descriptor + at, value, true);
  const dump = openDump(sources([file]), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  const page = dump.value.memory.read(physAddr(0n), 8);
  expect(page.ok).toBe(false);
  if (!page.ok) expect(page.problem.message).toMatch(says);
});

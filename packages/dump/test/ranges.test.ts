import { expect, test } from 'vitest';
import { bytesSource, type Dump, findVmcoreinfo, openDump } from '../src/index.js';
import { makeKdump } from './make-kdump.js';
import { makeLime } from './make-lime.js';

const PAGE = 4096;
const TEXT = 'OSRELEASE=made\nPAGESIZE=4096\nSYMBOL(_stext)=ffffffff81000000\n';
/** A page that begins as `vmcoreinfo_data` does. */
const page = () => {
  const bytes = new Uint8Array(PAGE);
  bytes.set(new TextEncoder().encode(TEXT));
  return bytes;
};
/** Far behind 1 MiB and behind the first section of a kdump's bitmap, which are passed over. */
const FRAME = 40_000;

function opened(files: readonly Uint8Array[], rawBase?: bigint): Dump {
  const sources = files.map((bytes, i) => bytesSource(`part${i}`, bytes));
  const dump = openDump(sources, rawBase === undefined ? {} : { rawBase });
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}
const releaseIn = ({ memory, ranges }: Dump) => {
  const found = findVmcoreinfo(memory, ranges);
  return found.ok ? found.value.osrelease : found.problem.code;
};

test('a kdump without the note is searched where it holds pages', () => {
  const pages = new Map<number, Uint8Array | 'excluded'>([
    [3, new Uint8Array(PAGE)],
    [4, 'excluded'],
    [FRAME, page()],
    [FRAME + 1, new Uint8Array(PAGE)],
  ]);
  const dump = opened(makeKdump({ pages }));
  expect(dump.vmcoreinfo).toBeUndefined();
  expect(releaseIn(dump)).toBe('made');
  const pieces = [...dump.ranges].map(({ physical, length }) => [physical, length]);
  const MIB = 1n << 20n;
  expect(pieces).toEqual([
    [0n, MIB],
    [156n * MIB, BigInt((FRAME + 2) * PAGE) - 156n * MIB],
  ]);
});

test('all files of a split kdump are searched', () => {
  const pages = new Map([
    [3, new Uint8Array(PAGE)],
    [FRAME, page()],
  ]);
  expect(releaseIn(opened(makeKdump({ pages, splitAt: [300] })))).toBe('made');
});

test('a kdump that holds nothing has nothing to search', () => {
  const dump = opened(makeKdump({ pages: new Map([[3, 'excluded']]) }));
  expect([...dump.ranges]).toEqual([]);
  expect(releaseIn(dump)).toBe('no-vmcoreinfo');
});

test('a LiME file is searched in its ranges', () => {
  const ranges = [
    { physical: 0x1000n, bytes: new Uint8Array(2 * PAGE) },
    { physical: 0x1_0000_0000n, bytes: page() },
  ];
  expect(releaseIn(opened([makeLime(ranges)]))).toBe('made');
});

test('a raw image is searched from its base on', () => {
  const bytes = new Uint8Array(3 * PAGE);
  bytes.set(page(), 2 * PAGE);
  const dump = opened([bytes], 0x8000_0000n);
  expect([...dump.ranges]).toEqual([{ physical: 0x8000_0000n, length: BigInt(3 * PAGE) }]);
  expect(releaseIn(dump)).toBe('made');
});

import { physAddr } from '@pagewright/core';
import { type ByteSource, type Dump, openDump, parseVmcoreinfo } from '@pagewright/dump';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeElf } from '../../dump/test/make-elf.js';
import { inChunks, makeFlattened } from '../../dump/test/make-flattened.js';
import { type MadeKdump, makeKdump } from '../../dump/test/make-kdump.js';
import { makeLime } from '../../dump/test/make-lime.js';
import { openJudge, openKernel } from '../src/index.js';
import { answersOf } from './distill-answers.js';
import { architecturesOfDumps } from './distill-architectures.js';
import { dumpOfBytes, fixtureBytes } from './distill-truth.js';

/** Memory of a real kernel, page by page. */
interface Pages {
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly byteOrder: 'little' | 'big';
  readonly machine: number;
  readonly vmcoreinfo: string;
}

const PAGE = 4096;
/** A machine of each byte order, with its e_machine. */
const GUESTS = [
  ['x86_64-6.12', 62],
  ['s390x-6.12', 22],
] as const;

async function pagesOf(guest: string, machine: number): Promise<Pages> {
  const dump = await dumpOfBytes([fixtureBytes(guest)]);
  const pages = new Map<number, Uint8Array>();
  for (const { physical, length } of dump.ranges) {
    for (let at = physical; at < physical + length; at += BigInt(PAGE)) {
      const page = dump.memory.read(physAddr(at), PAGE);
      if (page.ok) pages.set(Number(at / BigInt(PAGE)), page.value.slice());
    }
  }
  const { byteOrder, vmcoreinfo } = dump;
  if (byteOrder === undefined || vmcoreinfo === undefined) throw new Error('no kdump');
  return { pages, byteOrder, machine, vmcoreinfo };
}

/** Runs of neighbouring pages. */
function runsOf({ pages }: Pages) {
  const runs: { physical: bigint; parts: Uint8Array[] }[] = [];
  let next = -1;
  for (const [frame, page] of [...pages].sort(([a], [b]) => a - b)) {
    if (frame === next) runs.at(-1)?.parts.push(page);
    else runs.push({ physical: BigInt(frame) * BigInt(PAGE), parts: [page] });
    next = frame + 1;
  }
  return runs.map(({ physical, parts }) => ({
    physical,
    bytes: new Uint8Array(Buffer.concat(parts)),
  }));
}

const kdump = ({ pages, byteOrder, vmcoreinfo }: Pages, more: Partial<MadeKdump> = {}) =>
  makeKdump({ pages, byteOrder, vmcoreinfo, ...more });
const elf = (from: Pages) =>
  makeElf({ machine: from.machine, byteOrder: from.byteOrder, segments: runsOf(from) });
const middle = ({ pages }: Pages): number =>
  [...pages.keys()].sort((a, b) => a - b)[pages.size >> 1] as number;

const CONTAINERS: Readonly<Record<string, (from: Pages) => readonly Uint8Array[]>> = {
  ELF: (from) => [elf(from)],
  'ELF, flattened': (from) => [makeFlattened(inChunks(elf(from), 1 << 20))],
  'kdump 1': (from) => kdump(from, { version: 1 }),
  'kdump 2, split': (from) => kdump(from, { version: 2, splitAt: [middle(from)] }),
  'kdump 3, zlib': (from) => kdump(from, { version: 3, compression: 'zlib' }),
  'kdump 4, lzo': (from) => kdump(from, { version: 4, compression: 'lzo' }),
  'kdump 5, snappy': (from) => kdump(from, { version: 5, compression: 'snappy' }),
  'kdump 6, zstd': (from) => kdump(from, { version: 6, compression: 'zstd' }),
  'kdump 6, zlib, split': (from) =>
    kdump(from, { compression: 'zlib', splitAt: [middle(from), middle(from) + 9] }),
  'kdump 6, zlib, flattened': (from) => [
    makeFlattened(inChunks(kdump(from, { compression: 'zlib' })[0] as Uint8Array, 1 << 20)),
  ],
  LiME: (from) => [makeLime(runsOf(from), from.byteOrder)],
};

/** A raw image from the first page to the last, zeros where the pages are not known. */
function rawSource({ pages }: Pages, base: number): ByteSource {
  return {
    name: 'raw',
    byteCount: BigInt(Math.max(...pages.keys()) + 1) * BigInt(PAGE) - BigInt(base),
    read: (offset, length) => {
      const out = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const at = base + Number(offset) + done;
        const within = at % PAGE;
        const take = Math.min(PAGE - within, length - done);
        const page = pages.get((at - within) / PAGE);
        if (page !== undefined) out.set(page.subarray(within, within + take), done);
        done += take;
      }
      return out;
    },
  };
}

/** What inspecting the first process answers; VMCOREINFO is handed in as no form need have it. */
function answersIn(dump: Dump, { vmcoreinfo }: Pages): string[] {
  const architectures = architecturesOfDumps;
  const kernel = openKernel(dump, { architectures, vmcoreinfo: parseVmcoreinfo(vmcoreinfo) });
  const judge = kernel.ok ? openJudge(kernel.value) : kernel;
  if (!kernel.ok || !judge.ok) throw new Error('the kernel cannot be opened');
  return [...answersOf(kernel.value, judge.value, [1])];
}

describe.each(GUESTS)('the memory of %s', (guest, machine) => {
  let from: Pages;
  let expected: string[];
  beforeAll(async () => {
    from = await pagesOf(guest, machine);
    expected = answersIn(await dumpOfBytes([fixtureBytes(guest)]), from);
  });

  test('is that of a real process', () => {
    expect(from.pages.size).toBeGreaterThan(1000);
    expect(expected.length).toBeGreaterThan(100);
  });

  test.each(Object.keys(CONTAINERS))('inspected out of a container: %s', async (name) => {
    const files = CONTAINERS[name]?.(from) ?? [];
    const dump = await dumpOfBytes(files);
    expect(answersIn(dump, from)).toEqual(expected);
  });

  test.each(['0', 'its first page'])('inspected out of a raw image that begins at %s', (start) => {
    const base = start === '0' ? 0 : Math.min(...from.pages.keys()) * PAGE;
    const dump = openDump(rawSource(from, base), { rawBase: BigInt(base) });
    if (!dump.ok) throw new Error(dump.problem.message);
    expect(dump.value.container).toBe('raw');
    expect(answersIn(dump.value, from)).toEqual(expected);
  });
});

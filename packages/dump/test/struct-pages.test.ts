import { virtAddr } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { structPages } from '../src/struct-pages.js';
import { parseVmcoreinfo } from '../src/vmcoreinfo.js';
import { madeForm } from './make-form.js';
import { MadeKernel } from './make-kernel.js';

/** 2^6 sections of 2^15 frames each; sections of 16 bytes, so that 256 fill a page. */
const SECTION_LINES = `SIZE(page)=64
SYMBOL(mem_section)=300000
SIZE(mem_section)=16
OFFSET(mem_section.section_mem_map)=0
NUMBER(SECTION_SIZE_BITS)=27
`;
const EXTREME = `${SECTION_LINES}LENGTH(mem_section)=2\nNUMBER(MAX_PHYSMEM_BITS)=36\n`;
const ARRAY = `${SECTION_LINES}LENGTH(mem_section)=64\nNUMBER(MAX_PHYSMEM_BITS)=33\n`;
const FRAMES = 0x8000n;
/** Present, with memory map, on line, early. */
const FLAGS = 15n;

const directMap = {
  name: 'direct map',
  start: virtAddr(0x30_0000n),
  end: 0x30_8000n,
  physical: 0n,
};
const kernel = () => new MadeKernel(madeForm(), 8);
const pages = (made: MadeKernel, text: string, vmemmap?: bigint) =>
  structPages(made.virtual([directMap], vmemmap), parseVmcoreinfo(text));
const found = (...args: Parameters<typeof pages>) => {
  const answer = pages(...args);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
};
/** What section_mem_map says of a section whose struct pages begin at `start`. */
const coded = (section: bigint, start: bigint) =>
  BigInt.asUintN(64, start - section * FRAMES * 64n) | FLAGS;

describe('SPARSEMEM with vmemmap', () => {
  const made = kernel()
    .word(0, 0x30_2000n)
    .word(8, 0n)
    .word(0x2000, 0xffff_ea00_0000_0000n | FLAGS)
    .word(0x2000 + 16, 0xffff_ea00_0000_0000n | FLAGS)
    .word(0x2000 + 48, 0xffff_ea00_0000_0000n | FLAGS);

  test('sections of one base are one run; absent ones are left out', () => {
    const { model, runs, incomplete } = found(made, EXTREME);
    expect({ model, incomplete }).toEqual({ model: 'vmemmap', incomplete: false });
    expect(runs).toEqual([
      { firstPfn: 0n, endPfn: 2n * FRAMES, start: 0xffff_ea00_0000_0000n },
      { firstPfn: 3n * FRAMES, endPfn: 4n * FRAMES, start: 0xffff_ea00_0060_0000n },
    ]);
  });

  test('both questions', () => {
    const { pageAddress, pfnOfPage } = found(made, EXTREME);
    expect(pageAddress(0x3738n)).toBe(0xffff_ea00_000d_ce00n);
    expect(pfnOfPage(0xffff_ea00_000d_ce00n)).toBe(0x3738n);
    expect(pfnOfPage(0xffff_ea00_000d_ce08n)).toBeUndefined();
    expect(pageAddress(2n * FRAMES)).toBeUndefined();
    expect(pageAddress(4n * FRAMES)).toBeUndefined();
    expect(pfnOfPage(0n)).toBeUndefined();
  });

  test('a root that cannot be read leaves the rest', () => {
    const broken = kernel()
      .word(0, 0xdead_0000n)
      .word(8, 0x30_2000n)
      .word(0x2000, FLAGS | 0x10_0000n);
    const { incomplete, runs } = found(broken, EXTREME);
    expect(incomplete).toBe(true);
    expect(runs.map(({ firstPfn }) => firstPfn)).toEqual([256n * FRAMES]);
  });
});

describe('SPARSEMEM without vmemmap', () => {
  const made = kernel()
    .word(0, coded(0n, 0xffff_8880_7000_0000n))
    .word(16, coded(1n, 0xffff_8880_5000_0000n))
    .word(32, 0x5000_0000n)
    .word(48, coded(3n, 0xffff_8880_6000_0000n));

  test('each section has an array of its own, in any order', () => {
    const { model, pageAddress, pfnOfPage, runs } = found(made, ARRAY);
    expect(model).toBe('sparse');
    expect(runs.length).toBe(3);
    expect(pageAddress(0n)).toBe(0xffff_8880_7000_0000n);
    expect(pageAddress(FRAMES + 2n)).toBe(0xffff_8880_5000_0080n);
    expect(pageAddress(2n * FRAMES)).toBeUndefined();
    expect(pfnOfPage(0xffff_8880_6000_0040n)).toBe(3n * FRAMES + 1n);
  });

  test('frame and struct page lead to each other', () => {
    const { pageAddress, pfnOfPage } = found(made, ARRAY);
    fc.assert(
      fc.property(fc.bigInt(0n, 5n * FRAMES), (pfn) => {
        const page = pageAddress(pfn);
        const section = pfn / FRAMES;
        expect(page === undefined).toBe(section === 2n || section > 3n);
        if (page !== undefined) expect(pfnOfPage(page)).toBe(pfn);
      }),
    );
  });
});

const FLAT = `SIZE(page)=56
SYMBOL(contig_page_data)=300000
OFFSET(pglist_data.node_mem_map)=16
OFFSET(pglist_data.node_start_pfn)=24
OFFSET(pglist_data.node_spanned_pages)=32
`;

test('FLATMEM: the array of the only node', () => {
  const made = kernel().word(0x10, 0x67c8_8000n).word(0x18, 0x100n).word(0x20, 0x200n);
  const { model, pageAddress, pfnOfPage } = found(made, FLAT);
  expect(model).toBe('flat');
  expect(pageAddress(0x101n)).toBe(0x67c8_8038n);
  expect(pfnOfPage(0x67c8_8038n)).toBe(0x101n);
  expect([pageAddress(0xffn), pageAddress(0x300n)]).toEqual([undefined, undefined]);
});

test.each([
  ['no frames', 0n],
  ['frames beyond all addresses', 1n << 62n],
])('FLATMEM: a node with %s has no struct pages', (_, frames) => {
  const made = kernel().word(0x10, 0x67c8_8000n).word(0x18, 0x100n).word(0x20, frames);
  expect(pages(made, FLAT)).toMatchObject({ ok: false, problem: { code: 'undecided' } });
});

test('without readable sections the vmemmap of the layout answers', () => {
  const { model, pageAddress } = found(kernel(), 'SIZE(page)=64\n', 0xffff_ea00_0000_0000n);
  expect(model).toBe('vmemmap');
  expect(pageAddress(16n)).toBe(0xffff_ea00_0000_0400n);
});

test.each([
  ['no size', ''],
  ['nothing described', 'SIZE(page)=64\n'],
  ['a size of nothing', 'SIZE(page)=0\n'],
  [
    'more roots than sections need',
    EXTREME.replace('LENGTH(mem_section)=2', 'LENGTH(mem_section)=99999999'),
  ],
  ['sections beyond any', EXTREME.replace('BITS)=36', 'BITS)=64')],
  ['a section longer than any', EXTREME.replace('SIZE(mem_section)=16', 'SIZE(mem_section)=4096')],
  ['an empty mem_section', EXTREME],
])('%s: undecided', (_, text) => {
  expect(pages(kernel(), text)).toMatchObject({ ok: false, problem: { code: 'undecided' } });
});

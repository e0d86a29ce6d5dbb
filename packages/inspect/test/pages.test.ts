import { layoutOf, pfn, physAddr, virtAddr } from '@pagewright/core';
import { bytesSource, openDump, parseBtf, parseVmcoreinfo, virtualMemory } from '@pagewright/dump';
import { expect, test } from 'vitest';
import { BtfMaker } from '../../dump/test/make-btf.js';
import { madeForm } from '../../dump/test/make-form.js';
import { hugeZeroByContent } from '../src/huge-zero.js';
import type { Kernel } from '../src/kernel.js';
import { kernelPages, type PageFacts } from '../src/pages.js';
import { madeArchitecture } from './make-kernel.js';

const BASE = 0x1000_0000n;
const NODE = 0x100;
const PAGES = 0x4000;
const SIZE = 64;
const FIRST_PFN = 0x10n;
const FRAMES = 80n;

/** Words of a struct page: flags, head, mapping, then the two counts. */
interface MadePage {
  readonly flags?: bigint;
  readonly head?: bigint;
  readonly mapping?: bigint;
  readonly mapcount?: number;
  readonly refcount?: number;
}

/** struct page and struct folio with the members that are read; the head link by either name. */
function types(head: 'compound_head' | 'compound_info') {
  const btf = new BtfMaker();
  const u64 = btf.int('long unsigned int', 8);
  const u32 = btf.int('unsigned int', 4);
  const s32 = btf.int('int', 4, true);
  const atomic = btf.composite('struct', 'atomic_t', 4, [
    { name: 'counter', type: s32, bitOffset: 0 },
  ]);
  const at = (name: string, type: number, byte: number) => ({ name, type, bitOffset: 8 * byte });
  btf.composite('struct', 'page', SIZE, [
    at('flags', u64, 0),
    at(head, u64, 8),
    at('mapping', u64, 24),
    at('page_type', u32, 48),
    at('_mapcount', atomic, 48),
    at('_refcount', atomic, 52),
  ]);
  btf.composite('struct', 'folio', 2 * SIZE, [
    at('_flags_1', u64, SIZE),
    at('_entire_mapcount', atomic, SIZE + 24),
  ]);
  btf.enum('pageflags', {
    PG_locked: 0,
    PG_uptodate: 3,
    PG_head: 6,
    PG_owner_2: 11,
    PG_reserved: 13,
    __NR_PAGEFLAGS: 22,
    PG_anon_exclusive: 11,
    PG_double_map: 9,
  });
  btf.enum('pagetype', { PGTY_hugetlb: 0xf4, PGTY_slab: 0xf5 });
  const parsed = parseBtf(btf.blob());
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** A kernel with the struct pages of all frames in one array. */
function kernelOf(
  pages: readonly MadePage[],
  head: 'compound_head' | 'compound_info' = 'compound_head',
  variables: Readonly<Record<string, bigint>> = {},
): Kernel {
  const bytes = new Uint8Array(0x20000);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(NODE, BASE + BigInt(PAGES), true);
  view.setBigUint64(NODE + 8, FIRST_PFN, true);
  view.setBigUint64(NODE + 16, FRAMES, true);
  for (const [i, page] of pages.entries()) {
    const at = PAGES + i * SIZE;
    view.setBigUint64(at, page.flags ?? 0n, true);
    view.setBigUint64(at + 8, page.head ?? 0n, true);
    view.setBigUint64(at + 24, page.mapping ?? 0n, true);
    view.setInt32(at + 48, page.mapcount ?? -1, true);
    view.setInt32(at + 52, page.refcount ?? 0, true);
    if (page.flags !== undefined && page.flags & (1n << 6n)) view.setInt32(at + SIZE + 24, 0, true);
  }
  const symbols = new Map<string, bigint>();
  for (const [i, [name, value]] of Object.entries(variables).entries()) {
    symbols.set(name, BASE + 0x200n + BigInt(8 * i));
    view.setBigUint64(0x200 + 8 * i, value, true);
  }
  const dump = openDump(bytesSource('made', bytes));
  if (!dump.ok) throw new Error(dump.problem.message);
  const form = madeForm();
  const run = { name: 'direct map', start: virtAddr(BASE), end: BASE + 0x20000n, physical: 0n };
  const layout = layoutOf({ form, root: physAddr(0n), runs: [run] });
  const text = [
    `SIZE(page)=${SIZE}`,
    `SYMBOL(contig_page_data)=${(BASE + BigInt(NODE)).toString(16)}`,
    'OFFSET(pglist_data.node_mem_map)=0',
    'OFFSET(pglist_data.node_start_pfn)=8',
    'OFFSET(pglist_data.node_spanned_pages)=16',
  ].join('\n');
  return {
    architecture: madeArchitecture(),
    form,
    vmcoreinfo: parseVmcoreinfo(text),
    virtual: virtualMemory(dump.value.memory, layout),
    types: types(head),
    symbols: { ok: false, problem: { code: 'no-kallsyms', message: 'none' } },
    symbol: (name) => {
      const found = symbols.get(name);
      return found === undefined ? undefined : virtAddr(found);
    },
  };
}

function opened(kernel: Kernel) {
  const pages = kernelPages(kernel);
  if (!pages.ok) throw new Error(pages.problem.message);
  return pages.value;
}
function factsOf(kernel: Kernel, frame: bigint): PageFacts {
  const facts = opened(kernel).facts(frame);
  if (!facts.ok) throw new Error(facts.problem.message);
  return facts.value;
}

/** An anonymous folio of four pages that is mapped as a whole once, and its second page by itself. */
const FOLIO: readonly MadePage[] = [
  { flags: 0x48n, mapping: 0x1001n, mapcount: -1, refcount: 5 },
  // The lowest byte of the second page's flags is the folio's order.
  { flags: 0x802n, head: BASE + BigInt(PAGES) + 1n, mapcount: 0 },
  { head: BASE + BigInt(PAGES) + 1n },
];

test('a small page: flags by name, counts and owner', () => {
  const kernel = kernelOf([{ flags: 0x9n, mapping: 0x2000n, mapcount: 1, refcount: 3 }]);
  expect(factsOf(kernel, FIRST_PFN)).toMatchObject({
    flagNames: ['locked', 'uptodate'],
    refcount: 3,
    mapcount: 2,
    owner: 'file',
    head: FIRST_PFN,
    order: 0,
    hugetlb: false,
    type: null,
  });
});

test('a page of a large folio has the flags, owner and whole mappings of its folio', () => {
  expect(factsOf(kernelOf(FOLIO), FIRST_PFN + 1n)).toMatchObject({
    flagNames: ['uptodate', 'owner_2'],
    refcount: 5,
    mapcount: 2,
    owner: 'anon',
    head: FIRST_PFN,
    order: 2,
  });
});

test('a folio mapped whole and by pages, as 6.1 marks it, counts each page once less', () => {
  const [head, second, third] = FOLIO as [MadePage, MadePage, MadePage];
  const pages = [head, { ...second, flags: 0xa02n }, third];
  const kernel = kernelOf(pages);
  const mapcounts = [0n, 1n, 2n].map((page) => factsOf(kernel, FIRST_PFN + page).mapcount);
  expect(mapcounts).toEqual([0, 1, 0]);
});

test('tail pages that hold a mask lead to the same head', () => {
  const mask = BigInt.asUintN(64, -(4n * BigInt(SIZE))) + 1n;
  const pages = FOLIO.map((page) => (page.head === undefined ? page : { ...page, head: mask }));
  expect(factsOf(kernelOf(pages, 'compound_info'), FIRST_PFN + 2n).head).toBe(FIRST_PFN);
});

test('struct pages of a hugetlb folio that are the first ones mapped again belong to its head', () => {
  const [head, second, third] = FOLIO as [MadePage, MadePage, MadePage];
  const firstOnes = [head, second, ...Array<MadePage>(62).fill(third)];
  const kernel = kernelOf([...firstOnes, ...firstOnes.slice(0, 16)]);
  expect(factsOf(kernel, FIRST_PFN + 64n)).toMatchObject({ head: FIRST_PFN, order: 2 });
  expect(factsOf(kernel, FIRST_PFN + 64n).flagNames).not.toContain('head');
  expect(factsOf(kernel, FIRST_PFN + 66n).head).toBe(FIRST_PFN);
  expect(factsOf(kernel, FIRST_PFN).flagNames).toContain('head');
});

test('a page with a type is mapped nowhere', () => {
  const kernel = kernelOf([{ mapcount: 0xf500_0000 | 0 }]);
  expect(factsOf(kernel, FIRST_PFN)).toMatchObject({ type: 'slab', mapcount: 0 });
  expect(opened(kernel).isSlab(pfn(FIRST_PFN))).toBe(true);
});

test('links that lead nowhere and frames without a struct page are problems', () => {
  const pages = opened(kernelOf([{ head: 0x1235n }]));
  expect(pages.facts(FIRST_PFN)).toMatchObject({ problem: { code: 'bad-struct-page' } });
  expect(pages.facts(FIRST_PFN + FRAMES)).toMatchObject({ problem: { code: 'no-struct-page' } });
  expect(pages.memmap(pfn(FIRST_PFN + FRAMES))).toBe(false);
});

test('special frames come from variables, several zeropages by their mask', () => {
  const variables = {
    zero_pfn: 0x400n,
    zero_page_mask: 0x3000n,
    huge_zero_pfn: (1n << 64n) - 1n,
    highest_memmap_pfn: 0x1234n,
  };
  const pages = opened(kernelOf([], 'compound_head', variables));
  const zeros = [0x3ffn, 0x400n, 0x403n, 0x404n].map((frame) => pages.isZero(pfn(frame)));
  expect(zeros).toEqual([false, true, true, false]);
  expect(pages.isHugeZeroHead(pfn((1n << 64n) - 1n))).toBe(false);
  expect(pages.highest).toBe(0x1234n);
});

test('without variables, a reserved page of zeros is the zeropage', () => {
  const reserved = { flags: 1n << 13n };
  // All three frames hold zeros; the second is not reserved.
  const pages = opened(kernelOf([reserved, {}, reserved]));
  expect(pages.isZero(pfn(FIRST_PFN))).toBe(true);
  expect(pages.isZero(pfn(FIRST_PFN + 1n))).toBe(false);
  expect(pages.highest).toBe(FIRST_PFN + FRAMES - 1n);
  expect(pages.grounds.map(({ choice }) => choice)).toContain('zeropage by content');
});

test('without variables, the huge zero folio is the one of zeros that belongs to nobody', () => {
  const link = (page: bigint) => BASE + BigInt(PAGES) + page * BigInt(SIZE) + 1n;
  // Folios of four pages: of nobody, and anonymous.
  const folio = (first: bigint, head: MadePage): readonly MadePage[] => [
    { flags: 0x48n, ...head },
    { flags: 2n, head: link(first), mapcount: -1 },
    { head: link(first) },
    { head: link(first) },
  ];
  const kernel = kernelOf([...folio(0n, {}), ...folio(4n, { mapping: 0x1001n })]);
  // The made kernel's heads say that they are mapped whole once, which nobody says of this folio.
  const facts = (frame: bigint) => {
    const found = opened(kernel).facts(frame);
    return found.ok ? { ...found, value: { ...found.value, mapcount: 0 } } : found;
  };
  const head = hugeZeroByContent(kernel, 4n, facts);
  expect([0n, 3n, 4n, 12n].map((page) => head(FIRST_PFN + page))).toEqual([
    FIRST_PFN,
    FIRST_PFN,
    undefined,
    undefined,
  ]);
  const counted = hugeZeroByContent(kernel, 4n, (frame) => opened(kernel).facts(frame));
  expect(counted(FIRST_PFN)).toBe(undefined);
  expect(hugeZeroByContent(kernel, 8n, facts)(FIRST_PFN)).toBe(undefined);
  expect(opened(kernel).grounds.map(({ choice }) => choice)).toContain(
    'huge zero folio by content',
  );
});

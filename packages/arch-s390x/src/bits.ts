import {
  type BitField,
  type BitTable,
  type FieldScope,
  type HeaderGeneration,
  type Level,
  withFields,
} from '@pagewright/core';

const PGTABLE = 'arch/s390/include/asm/pgtable.h';
const PAGE = 'arch/s390/include/asm/page.h';

/**
 * Table types as numbers: the type of an entry says in which table it stands, the type of an ASCE
 * which table is the root.
 */
export const TABLE_TYPES = { segment: 0, region3: 1, region2: 2, region1: 3 } as const;
/** A kind of table above the page tables. */
export type TableType = keyof typeof TABLE_TYPES;

const TYPE_MEANINGS = {
  [TABLE_TYPES.segment]: 'segment',
  [TABLE_TYPES.region3]: 'region-third',
  [TABLE_TYPES.region2]: 'region-second',
  [TABLE_TYPES.region1]: 'region-first',
};

const PTE: readonly Level[] = ['pte'];
const PMD: readonly Level[] = ['pmd'];
const PUD: readonly Level[] = ['pud'];
const REGION: readonly Level[] = ['pud', 'p4d', 'pgd'];

type Rest = Partial<Pick<BitField, 'width' | 'source' | 'values'>>;

const field = (
  name: string,
  low: number,
  levels: readonly Level[],
  scope: FieldScope,
  meaning: string,
  rest: Rest = {},
): BitField => ({ name, low, levels, scope, meaning, source: PGTABLE, ...rest });

/** Old or inaccessible pages are made invalid, clean ones read-only: software then sees the access. */
const INVALID = 'not for the processor (empty, swapped, old or no access)';
const PROTECT = 'the processor must not store (read-only, or clean)';

/** Fields of 7.2, which are those since 6.14. */
const FIELDS: BitTable = [
  field('_PAGE_PRESENT', 0, PTE, 'any', 'present, for software'),
  field('_PAGE_SOFT_DIRTY', 1, PTE, 'any', 'written to since soft-dirty tracking was reset'),
  field('_PAGE_YOUNG', 2, PTE, 'leaf', 'young, kept by software'),
  field('_PAGE_DIRTY', 3, PTE, 'leaf', 'dirty, kept by software'),
  field('_PAGE_READ', 4, PTE, 'leaf', 'may be read, for software'),
  field('_PAGE_WRITE', 5, PTE, 'leaf', 'may be written, for software'),
  field('_PAGE_SPECIAL', 6, PTE, 'leaf', 'no struct page is to be looked up'),
  field('_PAGE_UNUSED', 7, PTE, 'leaf', 'a guest does not use the page'),
  field('_PAGE_NOEXEC', 8, PTE, 'leaf', 'no instruction may be fetched'),
  field('_PAGE_PROTECT', 9, PTE, 'any', PROTECT),
  field('_PAGE_INVALID', 10, PTE, 'any', INVALID),
  field('_PAGE_LARGE', 11, PTE, 'leaf', 'a huge page, written as a pte'),
  field('PAGE_MASK', 12, PTE, 'leaf', 'frame', { width: 52, source: PAGE }),
  field('__SWP_TYPE', 2, PTE, 'absent', 'swap type number', { width: 5 }),
  field('_PAGE_SWP_EXCLUSIVE', 11, PTE, 'absent', 'the page was exclusive to this process'),
  field('__SWP_OFFSET', 12, PTE, 'absent', 'swap offset', { width: 52 }),

  field('_SEGMENT_ENTRY_PRESENT', 0, PMD, 'any', 'present, for software'),
  field('_SEGMENT_ENTRY_SOFT_DIRTY', 1, PMD, 'any', 'written to since tracking was reset'),
  field('_SEGMENT_ENTRY_TYPE_MASK', 2, PMD, 'any', 'type of the table that the entry is in', {
    width: 2,
    values: TYPE_MEANINGS,
  }),
  field('_SEGMENT_ENTRY_COMM', 4, PMD, 'any', 'common segment; not present: a swap entry'),
  field('_SEGMENT_ENTRY_INVALID', 5, PMD, 'any', INVALID),
  field('_SEGMENT_ENTRY_NOEXEC', 8, PMD, 'leaf', 'no instruction may be fetched'),
  field('_SEGMENT_ENTRY_PROTECT', 9, PMD, 'present', PROTECT),
  field('_SEGMENT_ENTRY_LARGE', 10, PMD, 'present', 'maps 1 MiB instead of pointing to a table'),
  field('_SEGMENT_ENTRY_YOUNG', 12, PMD, 'leaf', 'young, kept by software'),
  field('_SEGMENT_ENTRY_DIRTY', 13, PMD, 'leaf', 'dirty, kept by software'),
  field('_SEGMENT_ENTRY_READ', 14, PMD, 'leaf', 'may be read, for software'),
  field('_SEGMENT_ENTRY_WRITE', 15, PMD, 'leaf', 'may be written, for software'),
  field('_SEGMENT_ENTRY_ORIGIN', 11, PMD, 'table', 'page table', { width: 53 }),
  field('_SEGMENT_ENTRY_ORIGIN_LARGE', 20, PMD, 'leaf', 'frame', { width: 44 }),
  field('__SWP_TYPE_RSTE', 6, PMD, 'absent', 'swap type number', { width: 5 }),
  field('__SWP_OFFSET_RSTE', 12, PMD, 'absent', 'swap offset', { width: 52 }),

  field('_REGION_ENTRY_LENGTH', 0, REGION, 'table', 'length of the next table (TL), in 4 KiB - 1', {
    width: 2,
  }),
  field('_REGION_ENTRY_TYPE_MASK', 2, REGION, 'any', 'type of the table that the entry is in', {
    width: 2,
    values: TYPE_MEANINGS,
  }),
  field('_REGION_ENTRY_INVALID', 5, REGION, 'any', INVALID),
  field('_REGION_ENTRY_OFFSET', 6, REGION, 'table', 'missing start of the next table (TF), 4 KiB', {
    width: 2,
  }),
  field('_REGION_ENTRY_NOEXEC', 8, REGION, 'present', 'no instruction may be fetched'),
  field('_REGION_ENTRY_PROTECT', 9, REGION, 'present', PROTECT),
  field('_REGION_ENTRY_ORIGIN', 12, REGION, 'table', 'next table', { width: 52 }),

  field('_REGION3_ENTRY_PRESENT', 0, PUD, 'leaf', 'present, for software'),
  field('_REGION3_ENTRY_SOFT_DIRTY', 1, PUD, 'leaf', 'written to since tracking was reset'),
  field('_REGION3_ENTRY_COMM', 4, PUD, 'leaf', 'common region; not present: a swap entry'),
  field('_REGION3_ENTRY_LARGE', 10, PUD, 'present', 'maps 2 GiB instead of pointing to a table'),
  field('_REGION3_ENTRY_YOUNG', 12, PUD, 'leaf', 'young, kept by software'),
  field('_REGION3_ENTRY_DIRTY', 13, PUD, 'leaf', 'dirty, kept by software'),
  field('_REGION3_ENTRY_READ', 14, PUD, 'leaf', 'may be read, for software'),
  field('_REGION3_ENTRY_WRITE', 15, PUD, 'leaf', 'may be written, for software'),
  field('_REGION3_ENTRY_ORIGIN_LARGE', 31, PUD, 'leaf', 'frame', { width: 33 }),
];

/**
 * Until 6.13 upper entries had no present bit and no swap format, and their software bits lay
 * elsewhere. The common bits are the processor's: the headers had no name for them.
 */
const BEFORE_6_14: Parameters<typeof withFields>[1] = {
  _SEGMENT_ENTRY_PRESENT: null,
  _SEGMENT_ENTRY_SOFT_DIRTY: { low: 14, scope: 'leaf' },
  _SEGMENT_ENTRY_READ: { low: 0 },
  _SEGMENT_ENTRY_WRITE: { low: 1 },
  _SEGMENT_ENTRY_COMM: { meaning: 'common segment' },
  __SWP_TYPE_RSTE: null,
  __SWP_OFFSET_RSTE: null,
  _REGION3_ENTRY_PRESENT: null,
  _REGION3_ENTRY_SOFT_DIRTY: { low: 14 },
  _REGION3_ENTRY_READ: { low: 0 },
  _REGION3_ENTRY_WRITE: { low: 1 },
  _REGION3_ENTRY_COMM: { meaning: 'common region' },
};

/** The bit table of a generation. 6.1 has the bits of 6.12; no vectors hold it. */
export const bitTable = (headers: HeaderGeneration): BitTable =>
  headers === '7.2' ? FIELDS : withFields(FIELDS, BEFORE_6_14);

/**
 * Fields of an address-space-control element: the register value that names the root table. It is no
 * entry, so the fields belong to no level.
 */
export const ASCE_FIELDS: BitTable = [
  field('_ASCE_TABLE_LENGTH', 0, [], 'any', 'length of the root table, in 4 KiB - 1', { width: 2 }),
  field('_ASCE_TYPE_MASK', 2, [], 'any', 'type of the root table', {
    width: 2,
    values: TYPE_MEANINGS,
  }),
  field('_ASCE_REAL_SPACE', 5, [], 'any', 'real addresses: no tables'),
  field('_ASCE_SPACE_SWITCH', 6, [], 'any', 'space switch event'),
  field('_ASCE_ALT_EVENT', 7, [], 'any', 'storage alteration event'),
  field('_ASCE_PRIVATE_SPACE', 8, [], 'any', 'private space'),
  field('_ASCE_ORIGIN', 12, [], 'any', 'root table', { width: 52 }),
];

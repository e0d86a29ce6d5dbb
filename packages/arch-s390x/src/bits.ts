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

/** Meanings of the values of a type field. */
export const TYPE_MEANINGS = {
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

/** A field of this header, unless said otherwise. */
export const field = (
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

const YOUNG = 'young, kept by software';
const DIRTY = 'dirty, kept by software';
const SOFT_DIRTY = 'written to since soft-dirty tracking was reset';
const READ = 'may be read, for software';
const WRITE = 'may be written, for software';
const NOEXEC = 'no instruction may be fetched';
const PRESENT = 'present, for software';
const COMMON = 'common to all address spaces';

/**
 * Fields that entries of segment and region-third tables have alike. The processor's bear the name
 * of every region table, software's that of the third; in a pointer to a table the low two bits of a
 * region entry are its length.
 */
function upperFields(
  hardware: string,
  software: string,
  levels: readonly Level[],
  mapping: readonly Level[],
): BitTable {
  const low = hardware === software ? 'any' : 'leaf';
  return [
    field(`${hardware}TYPE_MASK`, 2, levels, 'any', 'type of the table that the entry is in', {
      width: 2,
      values: TYPE_MEANINGS,
    }),
    field(`${hardware}INVALID`, 5, levels, 'any', INVALID),
    field(`${hardware}NOEXEC`, 8, mapping, 'leaf', NOEXEC),
    field(`${hardware}PROTECT`, 9, levels, 'present', PROTECT),
    field(`${software}PRESENT`, 0, mapping, low, PRESENT),
    field(`${software}SOFT_DIRTY`, 1, mapping, low, SOFT_DIRTY),
    field(`${software}COMM`, 4, mapping, 'any', `${COMMON}; not present: a swap entry`),
    field(`${software}LARGE`, 10, mapping, 'present', 'maps memory, points to no table'),
    field(`${software}YOUNG`, 12, mapping, 'leaf', YOUNG),
    field(`${software}DIRTY`, 13, mapping, 'leaf', DIRTY),
    field(`${software}READ`, 14, mapping, 'leaf', READ),
    field(`${software}WRITE`, 15, mapping, 'leaf', WRITE),
  ];
}

/** Fields of 7.2; those of upper entries are so since 6.13. */
const FIELDS: BitTable = [
  field('_PAGE_PRESENT', 0, PTE, 'any', PRESENT),
  field('_PAGE_SOFT_DIRTY', 1, PTE, 'any', SOFT_DIRTY),
  field('_PAGE_YOUNG', 2, PTE, 'leaf', YOUNG),
  field('_PAGE_DIRTY', 3, PTE, 'leaf', DIRTY),
  field('_PAGE_READ', 4, PTE, 'leaf', READ),
  field('_PAGE_WRITE', 5, PTE, 'leaf', WRITE),
  field('_PAGE_SPECIAL', 6, PTE, 'leaf', 'no struct page is to be looked up'),
  field('_PAGE_UNUSED', 7, PTE, 'leaf', 'a guest does not use the page'),
  field('_PAGE_NOEXEC', 8, PTE, 'leaf', NOEXEC),
  field('_PAGE_PROTECT', 9, PTE, 'any', PROTECT),
  field('_PAGE_INVALID', 10, PTE, 'any', INVALID),
  field('_PAGE_LARGE', 11, PTE, 'leaf', 'a huge page, written as a pte'),
  field('PAGE_MASK', 12, PTE, 'leaf', 'frame', { width: 52, source: PAGE }),
  field('__SWP_TYPE', 2, PTE, 'absent', 'swap type number', { width: 5 }),
  field('_PAGE_SWP_EXCLUSIVE', 11, PTE, 'absent', 'the page was exclusive to this process'),
  field('__SWP_OFFSET', 12, PTE, 'absent', 'swap offset', { width: 52 }),

  ...upperFields('_SEGMENT_ENTRY_', '_SEGMENT_ENTRY_', PMD, PMD),
  field('_SEGMENT_ENTRY_ORIGIN', 11, PMD, 'table', 'page table', { width: 53 }),
  field('_SEGMENT_ENTRY_ORIGIN_LARGE', 20, PMD, 'leaf', 'frame', { width: 44 }),
  field('__SWP_TYPE_RSTE', 6, PMD, 'absent', 'swap type number', { width: 5 }),
  field('__SWP_OFFSET_RSTE', 12, PMD, 'absent', 'swap offset', { width: 52 }),

  ...upperFields('_REGION_ENTRY_', '_REGION3_ENTRY_', REGION, PUD),
  field('_REGION_ENTRY_LENGTH', 0, REGION, 'table', 'length of the next table (TL), in 4 KiB - 1', {
    width: 2,
  }),
  field('_REGION_ENTRY_OFFSET', 6, REGION, 'table', 'missing start of the next table (TF), 4 KiB', {
    width: 2,
  }),
  field('_REGION_ENTRY_ORIGIN', 12, REGION, 'table', 'next table', { width: 52 }),
  field('_REGION3_ENTRY_ORIGIN_LARGE', 31, PUD, 'leaf', 'frame', { width: 33 }),
];

/**
 * Until 6.12 upper entries had no present bit and no swap format, and their software bits lay
 * elsewhere. The common bit is the processor's: the headers had no name for it.
 */
const before = (software: string): Parameters<typeof withFields>[1] => ({
  [`${software}PRESENT`]: null,
  [`${software}SOFT_DIRTY`]: { low: 14, scope: 'leaf' },
  [`${software}READ`]: { low: 0 },
  [`${software}WRITE`]: { low: 1 },
  [`${software}COMM`]: { meaning: COMMON },
});

/** The bit table of a generation. 6.1 has the bits of 6.12; no vectors hold it. */
export const bitTable = (headers: HeaderGeneration): BitTable =>
  headers === '7.2'
    ? FIELDS
    : withFields(FIELDS, {
        ...before('_SEGMENT_ENTRY_'),
        ...before('_REGION3_ENTRY_'),
        __SWP_TYPE_RSTE: null,
        __SWP_OFFSET_RSTE: null,
      });

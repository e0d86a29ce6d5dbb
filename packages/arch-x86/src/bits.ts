import {
  type BitField,
  type BitTable,
  type HeaderGeneration,
  type Level,
  withFields,
} from '@pagewright/core';

const TYPES_H = 'arch/x86/include/asm/pgtable_types.h';
const PGTABLE_64_H = 'arch/x86/include/asm/pgtable_64.h';

const PTE: readonly Level[] = ['pte'];
const HUGE: readonly Level[] = ['pmd', 'pud'];
const LEAF: readonly Level[] = ['pte', 'pmd', 'pud'];
const UPPER: readonly Level[] = ['pmd', 'pud', 'p4d', 'pgd'];
const ALL: readonly Level[] = [...PTE, ...UPPER];
/** Levels whose non-present entries hold swap values. */
const SWAP: readonly Level[] = ['pte', 'pmd'];

type Rest = Partial<Pick<BitField, 'width' | 'source' | 'values'>>;

const field = (
  name: string,
  low: number,
  levels: readonly Level[],
  scope: 'present' | 'leaf' | 'table' | 'absent',
  meaning: string,
  rest: Rest = {},
): BitField => ({ name, low, levels, scope, meaning, source: TYPES_H, ...rest });

/** The highest of the three memory type bits says what all three mean, as Linux programs the PAT. */
const MEMORY_TYPE_TOP =
  'memory type, bit 2; with PCD and PWT: 0 write-back, 1 write-combining, 2 uncached unless the ' +
  'MTRR combines, 3 uncached, 4 write-back, 5 write-protected, 6 as 2, 7 write-through';

/** Every field that some generation has, where the newest generation that has it puts it. */
const FIELDS: BitTable = [
  field('_PAGE_PRESENT', 0, ALL, 'present', 'the processor may use the entry'),
  field('_PAGE_RW', 1, ALL, 'present', 'writable'),
  field('_PAGE_USER', 2, ALL, 'present', 'usable by user code'),
  field('_PAGE_PWT', 3, ALL, 'present', 'memory type, bit 0'),
  field('_PAGE_PCD', 4, ALL, 'present', 'memory type, bit 1'),
  field('_PAGE_ACCESSED', 5, ALL, 'present', 'accessed, set by the processor'),
  field('_PAGE_DIRTY', 6, ALL, 'present', 'written to, set by the processor (leaf)'),
  field('_PAGE_PAT', 7, PTE, 'leaf', MEMORY_TYPE_TOP),
  field('_PAGE_PSE', 7, HUGE, 'leaf', 'maps memory instead of pointing to a table'),
  field('_PAGE_GLOBAL', 8, LEAF, 'leaf', 'with PRESENT: kept in the TLB over a change of tables'),
  field(
    '_PAGE_PROTNONE',
    8,
    LEAF,
    'leaf',
    'without PRESENT: mapped, but no access (PROT_NONE, NUMA hint); the frame bits are inverted',
  ),
  field('_PAGE_SPECIAL', 9, LEAF, 'leaf', 'no struct page is to be looked up'),
  field('_PAGE_UFFD_WP', 10, SWAP, 'leaf', 'write-protected for userfaultfd'),
  field('_PAGE_SOFT_DIRTY', 11, LEAF, 'leaf', 'written to since soft-dirty tracking was reset'),
  field('_PAGE_KERNEL_4K', 11, PTE, 'leaf', 'kernel mapping that must not become a huge page'),
  field('_PAGE_PAT_LARGE', 12, HUGE, 'leaf', MEMORY_TYPE_TOP),
  field('PTE_PFN_MASK', 12, PTE, 'leaf', 'frame', { width: 40 }),
  field('PHYSICAL_PMD_PAGE_MASK', 21, ['pmd'], 'leaf', 'frame', { width: 31 }),
  field('PHYSICAL_PUD_PAGE_MASK', 30, ['pud'], 'leaf', 'frame', { width: 22 }),
  field('PHYSICAL_PAGE_MASK', 12, UPPER, 'table', 'frame of the next table', { width: 40 }),
  field('_PAGE_DEVMAP', 57, LEAF, 'leaf', 'ZONE_DEVICE memory of a dev_pagemap'),
  field('_PAGE_SAVED_DIRTY', 58, LEAF, 'leaf', 'dirty, kept here while the entry is read-only'),
  field(
    '_PAGE_NOPTISHADOW',
    58,
    ['p4d', 'pgd'],
    'table',
    'not copied to the user half of split page tables',
  ),
  field('_PAGE_PKEY_MASK', 59, LEAF, 'leaf', 'protection key', { width: 4 }),
  field('_PAGE_NX', 63, ALL, 'present', 'no instruction may be fetched'),
  field('_PAGE_SWP_SOFT_DIRTY', 1, SWAP, 'absent', 'soft-dirty'),
  field('_PAGE_SWP_UFFD_WP', 2, SWAP, 'absent', 'write-protected for userfaultfd'),
  field('_PAGE_SWP_EXCLUSIVE', 3, PTE, 'absent', 'the page was exclusive to this process'),
  field('__swp_offset', 9, SWAP, 'absent', 'offset, inverted', {
    width: 50,
    source: PGTABLE_64_H,
  }),
  field('__swp_type', 59, SWAP, 'absent', 'swap type number', { width: 5, source: PGTABLE_64_H }),
];

/** What each generation has otherwise; saved-dirty came with shadow stacks and moved devmap down. */
const CHANGES: Readonly<Record<HeaderGeneration, Parameters<typeof withFields>[1]>> = {
  '6.1': {
    _PAGE_SPECIAL: { levels: PTE },
    _PAGE_KERNEL_4K: null,
    _PAGE_DEVMAP: { low: 58 },
    _PAGE_SAVED_DIRTY: null,
    _PAGE_NOPTISHADOW: null,
  },
  '6.12': { _PAGE_KERNEL_4K: null },
  '7.2': { _PAGE_DEVMAP: null },
};

/** The bit table of a generation, and whether it still has the devmap bit. */
export function bitTable(headers: HeaderGeneration, devmap: boolean): BitTable {
  const table = withFields(FIELDS, CHANGES[headers]);
  return devmap ? table : table.filter(({ name }) => name !== '_PAGE_DEVMAP');
}

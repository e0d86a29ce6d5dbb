import type { BitField, BitTable, Level } from '@pagewright/core';

const SOURCE = 'arch/m68k/include/asm/motorola_pgtable.h';
const PAGE: readonly Level[] = ['pte'];
const TABLES: readonly Level[] = ['pmd', 'pud', 'p4d', 'pgd'];
const EVERY: readonly Level[] = [...PAGE, ...TABLES];

const field = (
  name: string,
  low: number,
  meaning: string,
  more: Partial<BitField> = {},
): BitField => ({ name, low, levels: PAGE, scope: 'leaf', meaning, source: SOURCE, ...more });

/** Motorola descriptors, as a 68030 reads them; the same in 6.12 and 7.2. */
export const bitTable: BitTable = [
  field('_PAGE_PRESENT', 0, 'page descriptor', { levels: EVERY, scope: 'any' }),
  field('_PAGE_SHORT', 1, 'short table descriptor', { levels: TABLES, scope: 'table' }),
  field('_PAGE_RONLY', 2, 'read-only; without _PAGE_PRESENT: PROT_NONE (_PAGE_PROTNONE)'),
  field('_PAGE_ACCESSED', 3, 'accessed', { levels: EVERY, scope: 'present' }),
  field('_PAGE_DIRTY', 4, 'dirty'),
  field('_PAGE_CACHE040', 5, '68040: cached, copied back'),
  field('_PAGE_NOCACHE030', 6, 'not cached'),
  field('_PAGE_SUPER', 7, '68040: supervisor only'),
  field('_PAGE_GLOBAL040', 10, '68040: global'),
  field('PAGE_MASK', 12, 'physical address', {
    width: 20,
    source: 'arch/m68k/include/asm/page.h',
  }),
  field('_TABLE_MASK', 8, 'physical address of a table', {
    width: 24,
    levels: TABLES,
    scope: 'table',
  }),
  field('__swp_type', 4, 'swap type', { width: 7, scope: 'absent' }),
  field('_PAGE_SWP_EXCLUSIVE', 11, 'the swapped page was exclusive', { scope: 'absent' }),
  field('__swp_offset', 12, 'swap offset', { width: 20, scope: 'absent' }),
];

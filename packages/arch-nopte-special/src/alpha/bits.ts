import { type BitField, type BitTable, LEVELS, type Level } from '@pagewright/core';

const SOURCE = 'arch/alpha/include/asm/pgtable.h';
const EVERY: readonly Level[] = LEVELS;
const PAGE: readonly Level[] = ['pte'];

const field = (
  name: string,
  low: number,
  meaning: string,
  more: Partial<BitField> = {},
): BitField => ({ name, low, levels: EVERY, scope: 'present', meaning, source: SOURCE, ...more });

/**
 * Entries as OSF/1 PALcode reads them, and two bits of Linux's own. The same in 6.12 and 7.2: only
 * how pte_swp_exclusive() is asked has changed.
 */
export const bitTable: BitTable = [
  field('_PAGE_VALID', 0, 'present', { scope: 'any' }),
  field('_PAGE_FOR', 1, 'reading faults', { scope: 'leaf' }),
  field('_PAGE_FOW', 2, 'writing faults', { scope: 'leaf' }),
  field('_PAGE_FOE', 3, 'executing faults', { scope: 'leaf' }),
  field('_PAGE_ASM', 4, 'the same in every address space', { scope: 'leaf' }),
  field('_PAGE_KRE', 8, 'kernel may read; goes with accessed'),
  field('_PAGE_URE', 9, 'user may read; goes with accessed'),
  field('_PAGE_KWE', 12, 'kernel may write; goes with dirty'),
  field('_PAGE_UWE', 13, 'user may write; goes with dirty'),
  field('_PAGE_DIRTY', 17, 'dirty'),
  field('_PAGE_ACCESSED', 18, 'accessed'),
  field('_PFN_MASK', 32, 'frame number', { width: 32 }),
  field('__swp_type', 32, 'swap type', { width: 7, levels: PAGE, scope: 'absent' }),
  field('_PAGE_SWP_EXCLUSIVE', 39, 'the swapped page was exclusive', {
    levels: PAGE,
    scope: 'absent',
  }),
  field('__swp_offset', 40, 'swap offset', { width: 24, levels: PAGE, scope: 'absent' }),
];

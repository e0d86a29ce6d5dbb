import {
  type BitField,
  type BitTable,
  type HeaderGeneration,
  LEVELS,
  type Level,
  withFields,
} from '@pagewright/core';

const SOURCE = 'arch/um/include/asm/pgtable.h';
const PAGE_SOURCE = 'arch/um/include/asm/page.h';

const EVERY: readonly Level[] = LEVELS;
const PAGE: readonly Level[] = ['pte'];

const field = (
  name: string,
  low: number,
  meaning: string,
  more: Partial<BitField> = {},
): BitField => ({ name, low, levels: EVERY, scope: 'present', meaning, source: SOURCE, ...more });

/** The 6.12 headers. There is no hardware: bits are UML's own, and the host's mappings follow. */
const COMMON: BitTable = [
  field('_PAGE_PRESENT', 0, 'mapped', { scope: 'any' }),
  field('_PAGE_NEWPAGE', 1, 'the host does not map this yet', { scope: 'any' }),
  field('_PAGE_NEWPROT', 2, 'the host has an old protection', { levels: PAGE, scope: 'leaf' }),
  field('_PAGE_PROTNONE', 4, 'PROT_NONE: present without _PAGE_PRESENT', {
    levels: PAGE,
    scope: 'leaf',
  }),
  field('_PAGE_RW', 5, 'writable'),
  field('_PAGE_USER', 6, 'user may access'),
  field('_PAGE_ACCESSED', 7, 'accessed'),
  field('_PAGE_DIRTY', 8, 'dirty'),
  field('PAGE_MASK', 12, 'physical address', { width: 52, source: PAGE_SOURCE }),
  field('__swp_type', 5, 'swap type', { width: 5, levels: PAGE, scope: 'absent' }),
  field('_PAGE_SWP_EXCLUSIVE', 10, 'the swapped page was exclusive', {
    levels: PAGE,
    scope: 'absent',
  }),
  field('__swp_offset', 11, 'swap offset', { width: 53, levels: PAGE, scope: 'absent' }),
];

/** The bit table of a generation: what differs from 6.12 stands here. */
export function bitTable(headers: HeaderGeneration): BitTable {
  switch (headers) {
    case '6.1':
      return withFields(COMMON, { _PAGE_SWP_EXCLUSIVE: null });
    case '6.12':
      return COMMON;
    case '7.2':
      return withFields(COMMON, {
        _PAGE_NEWPAGE: { name: '_PAGE_NEEDSYNC', meaning: 'the host maps something else' },
        _PAGE_NEWPROT: null,
      });
  }
}

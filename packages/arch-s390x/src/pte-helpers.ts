import {
  all,
  and,
  any,
  both,
  clear,
  ENTRY,
  equal,
  type HelperTable,
  inTurn,
  masked,
  noneOf,
  or,
  PROT,
  set,
  shr,
  swapFlag,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import type { Protections } from './protections.js';
import { type Shape, trackedBits } from './shape.js';
import { trackedHelpers } from './tracked-helpers.js';

/** The empty pte. */
export const emptyPte = ({ m }: Shape): bigint => m('_PAGE_INVALID');

/** What pte_modify() and pte_pgprot() keep (_PAGE_CHG_MASK). */
const kept = ({ m }: Shape): bigint =>
  m('PAGE_MASK', '_PAGE_SPECIAL', '_PAGE_DIRTY', '_PAGE_YOUNG', '_PAGE_SOFT_DIRTY');

/** pte_pfn(). */
const ptePfn = ({ m }: Shape): Word => shr(and(ENTRY, m('PAGE_MASK')), PAGE_SHIFT);

/** Helpers of ptes (arch/s390/include/asm/pgtable.h). */
export function pteHelpers(shape: Shape, { named }: Protections): HelperTable {
  const { m } = shape;
  const bits = trackedBits(shape, 'pte');
  const { tests, changes } = trackedHelpers(bits);
  return {
    ...tests,
    ...changes,
    none: equal(ENTRY, emptyPte(shape)),
    present: any(m('_PAGE_PRESENT')),
    swap: masked(m('_PAGE_PROTECT', '_PAGE_PRESENT'), m('_PAGE_PROTECT')),
    special: any(m('_PAGE_SPECIAL')),
    unused: any(m('_PAGE_UNUSED')),
    protnone: both(any(m('_PAGE_PRESENT')), noneOf(m('_PAGE_READ'))),
    mkspecial: set(ENTRY, m('_PAGE_SPECIAL')),
    mkhuge: set(ENTRY, m('_PAGE_LARGE')),
    modify: modify(shape),
    pfn: ptePfn(shape),
    // Usable for kernel mappings, where nobody follows young and dirty; mio_wb_bit_mask is left out.
    pgprot: or(
      and(ENTRY, kept(shape)),
      when(tests.write, word(named.PAGE_KERNEL), word(named.PAGE_KERNEL_RO)),
    ),
    ...swapFlag('exclusive', m('_PAGE_SWP_EXCLUSIVE')),
    ...swapFlag('soft_dirty', bits.softDirty),
  };
}

/** Protections come invalid and protected: young readable and dirty writable pages lose that. */
function modify(shape: Shape): Word {
  const { read, write, young, dirty, protect, invalid } = trackedBits(shape, 'pte');
  const valid = when(all(young | read), clear(ENTRY, invalid), ENTRY);
  const unprotected = when(all(dirty | write), clear(ENTRY, protect), ENTRY);
  return inTurn(inTurn(or(and(ENTRY, kept(shape)), PROT), valid), unprotected);
}

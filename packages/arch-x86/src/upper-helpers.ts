import {
  and,
  any,
  clear,
  ENTRY,
  equal,
  type HelperTable,
  MASK64,
  masked,
  not,
  shr,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import { empty } from './leaf-helpers.js';
import type { Shape } from './shape.js';

/** p4d_pfn() and pgd_pfn(): nothing is ever mapped here, so nothing is ever inverted. */
const pfn = ({ m }: Shape) => shr(and(ENTRY, m('PHYSICAL_PAGE_MASK')), PAGE_SHIFT);

/** Bits that do not make an entry bad: split page tables mark the top of the user half with NX. */
const ignored = ({ m, pageTableIsolation }: Shape): bigint =>
  m('_PAGE_USER', ...(pageTableIsolation ? ['_PAGE_NX'] : []));

/** Helpers of p4ds, which with four levels read the root's entries. */
export function p4dHelpers(shape: Shape): HelperTable {
  const { m, kernelTable } = shape;
  const allowed = m('PHYSICAL_PAGE_MASK') | kernelTable | ignored(shape);
  return {
    none: empty(shape),
    present: any(m('_PAGE_PRESENT')),
    bad: any(MASK64 ^ allowed),
    pfn: pfn(shape),
  };
}

/** Helpers of pgds; with four levels the generic constants of a folded level hold. */
export function pgdHelpers(shape: Shape): HelperTable {
  const { m, kernelTable, levels } = shape;
  if (levels === 4) return { pfn: pfn(shape) };
  const flags = clear(ENTRY, m('PHYSICAL_PAGE_MASK'));
  return {
    none: equal(ENTRY, 0n),
    present: any(m('_PAGE_PRESENT')),
    bad: not(masked(MASK64 ^ ignored(shape), kernelTable, flags)),
    pfn: pfn(shape),
  };
}

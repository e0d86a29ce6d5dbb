import {
  add,
  always,
  any,
  both,
  clear,
  ENTRY,
  type HelperTable,
  MASK64,
  type Masks,
  masked,
  noneOf,
  not,
  type Permissions,
  set,
  swapFlag,
  type Word,
} from '@pagewright/core';
import type { FrameCodec } from '../frame-codec.js';
import { ageHelpers, modifyKeeping } from '../shared-helpers.js';

/** Bits that come and go with accessed (__ACCESS_BITS). */
export const accessBits = (m: Masks): bigint => m('_PAGE_ACCESSED', '_PAGE_KRE', '_PAGE_URE');
/** Bits that come and go with dirty (__DIRTY_BITS). */
const dirtyBits = (m: Masks): bigint => m('_PAGE_DIRTY', '_PAGE_KWE', '_PAGE_UWE');

/** The least of the frame field: what one more frame adds to an entry. */
const oneFrame = (m: Masks): bigint => m('_PFN_MASK') & -m('_PFN_MASK');

/**
 * What an entry allows. The four enable bits follow accessed and dirty, so the fault bits decide;
 * kernel mappings are those of every address space.
 */
export function permissions(m: Masks): Permissions {
  const valid = any(m('_PAGE_VALID'));
  return {
    read: both(valid, noneOf(m('_PAGE_FOR'))),
    write: both(valid, noneOf(m('_PAGE_FOW'))),
    execute: both(valid, noneOf(m('_PAGE_FOE'))),
    user: both(valid, noneOf(m('_PAGE_ASM'))),
  };
}

/** pte helpers; `exclusiveLost`: pte_swp_exclusive() answers an int, too narrow for its bit. */
export function pteHelpers(m: Masks, frame: FrameCodec, exclusiveLost: boolean): HelperTable {
  return {
    none: noneOf(MASK64),
    present: any(m('_PAGE_VALID')),
    write: noneOf(m('_PAGE_FOW')),
    pfn: frame.pfn,
    ...ageHelpers({
      young: m('_PAGE_ACCESSED'),
      accessBits: accessBits(m),
      dirty: m('_PAGE_DIRTY'),
      dirtyBits: dirtyBits(m),
    }),
    wrprotect: set(ENTRY, m('_PAGE_FOW')),
    mkwrite_novma: clear(ENTRY, m('_PAGE_FOW')),
    modify: modifyKeeping(m('_PFN_MASK') | dirtyBits(m) | accessBits(m)),
    next_pfn: add(ENTRY, oneFrame(m)),
    ...swapFlag('exclusive', m('_PAGE_SWP_EXCLUSIVE')),
    ...(exclusiveLost ? { swp_exclusive: always(false) } : {}),
  };
}

/** Helpers of pmd and pud; a pointer to a table has all of _PAGE_TABLE and no other flag. */
export function tableHelpers(m: Masks, pfn: Word): HelperTable {
  const flags = MASK64 ^ m('_PFN_MASK');
  const table = m('_PAGE_VALID') | dirtyBits(m) | accessBits(m);
  return {
    none: noneOf(MASK64),
    present: any(m('_PAGE_VALID')),
    leaf: always(false),
    bad: not(masked(flags, table)),
    pfn,
  };
}

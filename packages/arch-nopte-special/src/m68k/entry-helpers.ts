import {
  always,
  any,
  both,
  clear,
  ENTRY,
  type HelperTable,
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

const ALL = 0xffff_ffffn;

/** Both bits of the 68040's cache mode (_PAGE_NOCACHE); what _CACHEMASK040 takes away. */
const cacheMode = (m: Masks): bigint => m('_PAGE_CACHE040', '_PAGE_NOCACHE030');

/** PROT_NONE is the read-only bit of an entry that the processor does not look at. */
export const protNone = (m: Masks): bigint => m('_PAGE_RONLY');

/** What an entry allows; execution cannot be forbidden. */
export function permissions(m: Masks): Permissions {
  const mapped = any(m('_PAGE_PRESENT'));
  return {
    read: mapped,
    write: both(mapped, noneOf(m('_PAGE_RONLY'))),
    execute: mapped,
    user: both(mapped, noneOf(m('_PAGE_SUPER'))),
  };
}

/** pte helpers on a 68030, whose cache modes of kernel pages are 0. */
export function pteHelpers(m: Masks, frame: FrameCodec): HelperTable {
  const cached = clear(ENTRY, cacheMode(m));
  return {
    none: noneOf(ALL),
    present: any(m('_PAGE_PRESENT') | protNone(m)),
    write: noneOf(m('_PAGE_RONLY')),
    pfn: frame.pfn,
    ...ageHelpers({
      young: m('_PAGE_ACCESSED'),
      accessBits: m('_PAGE_ACCESSED'),
      dirty: m('_PAGE_DIRTY'),
      dirtyBits: m('_PAGE_DIRTY'),
    }),
    wrprotect: set(ENTRY, m('_PAGE_RONLY')),
    mkwrite_novma: clear(ENTRY, m('_PAGE_RONLY')),
    mkcache: cached,
    mknocache: cached,
    modify: modifyKeeping(m('PAGE_MASK', '_PAGE_ACCESSED', '_PAGE_DIRTY') | cacheMode(m)),
    ...swapFlag('exclusive', m('_PAGE_SWP_EXCLUSIVE')),
  };
}

/** Helpers of pmd and pud: only the type of the descriptor is asked. */
export function tableHelpers(m: Masks, pfn: Word): HelperTable {
  return {
    none: noneOf(ALL),
    present: any(m('_PAGE_SHORT')),
    leaf: always(false),
    bad: not(masked(m('_PAGE_PRESENT', '_PAGE_SHORT'), m('_PAGE_SHORT'))),
    pfn,
  };
}

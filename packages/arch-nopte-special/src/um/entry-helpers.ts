import {
  always,
  any,
  both,
  clear,
  ENTRY,
  type Expr,
  type HelperTable,
  masked,
  noneOf,
  not,
  type Permissions,
  set,
  swapFlag,
  type Test,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { ageHelpers, modifyKeeping } from '../shared-helpers.js';
import { allBut, type Shape } from './shape.js';

/** pte_present(). */
export const present = ({ m }: Shape): Test => any(m('_PAGE_PRESENT', '_PAGE_PROTNONE'));

/** What a present entry allows: a page is executable when it is readable. */
export function permissions({ m }: Shape): Permissions {
  const mapped = both(any(m('_PAGE_PRESENT')), noneOf(m('_PAGE_PROTNONE')));
  return {
    read: mapped,
    write: both(mapped, any(m('_PAGE_RW'))),
    execute: mapped,
    user: both(mapped, any(m('_PAGE_USER'))),
  };
}

/** pte helpers (arch/um/include/asm/pgtable.h). */
export function pteHelpers(shape: Shape): HelperTable {
  const { m, headers, frame, stale, newProt } = shape;
  const isPresent = present(shape);
  const allowed = noneOf(m('_PAGE_PROTNONE'));
  // Until 6.13 reading and executing also wanted the user bit.
  const readable = headers === '7.2' ? allowed : both(any(m('_PAGE_USER')), allowed);
  return {
    none: noneOf(allBut(stale)),
    present: isPresent,
    read: readable,
    exec: readable,
    write: both(any(m('_PAGE_RW')), allowed),
    pfn: frame.pfn,
    ...ageHelpers({
      young: m('_PAGE_ACCESSED'),
      accessBits: m('_PAGE_ACCESSED'),
      dirty: m('_PAGE_DIRTY'),
      dirtyBits: m('_PAGE_DIRTY'),
    }),
    // A protection that really changes is news for the host.
    wrprotect: when(any(m('_PAGE_RW')), set(clear(ENTRY, m('_PAGE_RW')), newProt), ENTRY),
    mkread: raised(m('_PAGE_USER'), newProt),
    mkwrite_novma: raised(m('_PAGE_RW'), newProt),
    mkuptodate: when(isPresent, clear(ENTRY, stale | newProt), clear(ENTRY, stale)),
    modify: modifyKeeping(m('PAGE_MASK', '_PAGE_ACCESSED', '_PAGE_DIRTY')),
    ...syncHelpers(shape, isPresent),
    ...exclusiveHelpers(shape),
  };
}

const raised = (mask: bigint, newProt: bigint): Word =>
  when(any(mask), ENTRY, set(ENTRY, mask | newProt));

function syncHelpers({ headers, stale, newProt }: Shape, isPresent: Test): HelperTable {
  const mark = set(ENTRY, stale);
  if (headers === '7.2') return { needsync: any(stale), mkneedsync: mark };
  return {
    newpage: any(stale),
    mknewpage: mark,
    newprot: both(isPresent, any(newProt)),
    mknewprot: set(ENTRY, newProt),
  };
}

/** Before 6.3 a swapped page could not be marked exclusive: the generic stubs do nothing. */
const exclusiveHelpers = ({ m, headers }: Shape): HelperTable =>
  headers === '6.1'
    ? { swp_exclusive: always(false), swp_mkexclusive: ENTRY, swp_clear_exclusive: ENTRY }
    : swapFlag('exclusive', m('_PAGE_SWP_EXCLUSIVE'));

/** Helpers of a level that points to tables; the word `pfn` is what its header offers, if any. */
export function tableHelpers({ m, headers, stale }: Shape, pfn?: Word): HelperTable {
  const flags = allBut(m('PAGE_MASK', '_PAGE_USER'));
  const kernelTable = m('_PAGE_PRESENT', '_PAGE_RW', '_PAGE_ACCESSED', '_PAGE_DIRTY');
  const out: Record<string, Expr> = {
    none: noneOf(allBut(stale)),
    present: any(m('_PAGE_PRESENT')),
    leaf: always(false),
    bad: not(masked(flags, kernelTable)),
    [headers === '7.2' ? 'needsync' : 'newpage']: any(stale),
  };
  if (pfn !== undefined) out.pfn = pfn;
  return out;
}

/** pud_pfn() of the generic header, where nothing can be mapped by a pud. */
export const noFrame: Word = word(0n);

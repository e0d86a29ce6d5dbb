import { freeSwap } from '../fault/wp-reuse.js';
import {
  folioMapcount,
  folioPages,
  getRefs,
  hasFlag,
  isAnon,
  isHugetlb,
  refcount,
  setFlag,
} from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { lruAdd, lruFolios, lruRemove } from '../frames/lru.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { Frame, SwapSlot } from '../state/columns.js';
import { takeSwapSlot } from '../swap/swap-slots.js';
import { cacheReferences } from './move-folio.js';
import { folioMaybeDmaPinned } from './pins.js';
import { CONTENDED, folioReferenced } from './referenced.js';
import { splitFolio } from './split-folio.js';
import { tryToUnmap } from './swap-out.js';

/**
 * shrink_folio_list() for one folio: an anonymous one goes to swap, and its frame is free where nobody
 * else refers to it. True when it was freed. A large folio is split first, as it is where swap has no
 * room for it in one piece. Pages of files are only unmapped; writing them back is
 * their file system's (mm/vmscan.c; SPEC 9.8).
 *
 * @param ignoreReferences MADV_PAGEOUT does not ask whether the folio was used
 */
export function reclaimFolio(model: Model, folio: number, ignoreReferences: boolean): boolean {
  // Pages of hugetlb are on no list that reclaim looks at.
  if (isHugetlb(model, folio)) return false;
  const pages = folioPages(model, folio);
  if (pages > 1) {
    if (splitFolio(model, folio) !== 0) return false;
    let freed = true;
    for (let i = 0; i < pages; i++) {
      const isLeft = refcount(model, folio + i) > 0;
      if (isLeft && !reclaimFolio(model, folio + i, ignoreReferences)) freed = false;
    }
    return freed;
  }
  const { state } = model;
  if (!folioTrylock(model, folio)) return false;
  // Whoever took the folio off its list holds a reference.
  getRefs(model, folio);
  const list = state.get(Frame.lru, folio);
  lruRemove(model, folio);
  const verdict = ignoreReferences ? 'reclaim' : checkReferences(model, folio);
  const freed = verdict === 'reclaim' && tryReclaim(model, folio);
  folioUnlock(model, folio);
  if (!freed) {
    const active = verdict === 'activate' || (verdict === 'reclaim' && list === LRU.active);
    if (list !== LRU.none) lruAdd(model, folio, active ? 'active' : 'inactive');
    setFlag(model, folio, PAGE_FLAG.active, active);
  }
  putRefs(model, folio);
  return freed;
}

/**
 * shrink_inactive_list(): a pass over the folios nearest to the tail of the inactive list, so many at
 * most. How many were freed (mm/vmscan.c).
 */
export function shrinkInactiveList(model: Model, most: number): number {
  const folios = lruFolios(model, 'inactive').reverse().slice(0, most);
  return folios.filter((folio) => reclaimFolio(model, folio, false)).length;
}

/**
 * folio_check_references(): what use of the folio since the last pass says. A contended lock keeps it
 * on the inactive list, and loses PG_referenced (SPEC 24.13).
 */
function checkReferences(model: Model, folio: number): 'reclaim' | 'keep' | 'activate' {
  const seen = { locked: false, executable: false };
  const used = folioReferenced(model, folio, true, seen);
  const before = hasFlag(model, folio, PAGE_FLAG.referenced);
  setFlag(model, folio, PAGE_FLAG.referenced, false);
  // Unmapping it finds out that it cannot go.
  if (seen.locked) return 'activate';
  if (used === CONTENDED) return 'keep';
  if (used === 0) return 'reclaim';
  setFlag(model, folio, PAGE_FLAG.referenced, true);
  const isProgram = seen.executable && !hasFlag(model, folio, PAGE_FLAG.swapbacked);
  return before || used > 1 || isProgram ? 'activate' : 'keep';
}

function tryReclaim(model: Model, folio: number): boolean {
  const anon = isAnon(model, folio) && hasFlag(model, folio, PAGE_FLAG.swapbacked);
  if (anon && !hasFlag(model, folio, PAGE_FLAG.swapcache)) {
    if (folioMaybeDmaPinned(model, folio) || !addToSwap(model, folio)) return false;
  }
  if (folioMapcount(model, folio) > 0) tryToUnmap(model, folio, { splitPmd: true });
  if (folioMapcount(model, folio) > 0) return false;
  if (!isAnon(model, folio)) return false;
  if (refcount(model, folio) !== 1 + cacheReferences(model, folio)) return false;
  if (hasFlag(model, folio, PAGE_FLAG.swapcache)) writeOut(model, folio);
  return true;
}

/** add_to_swap(), or folio_alloc_swap(): a small folio has a slot, and is in the swap cache. */
export function addToSwap(model: Model, folio: number): boolean {
  const { state } = model;
  const slot = takeSwapSlot(model);
  if (slot < 0) return false;
  state.setRef(Frame.swapSlot, folio, slot);
  state.setRef(SwapSlot.frame, slot, folio);
  setFlag(model, folio, PAGE_FLAG.swapcache | PAGE_FLAG.dirty, true);
  getRefs(model, folio);
  return true;
}

/** swap_writeout() and __remove_mapping(): the slot keeps the contents, and the cache lets go. */
function writeOut(model: Model, folio: number): void {
  const { state } = model;
  const slot = state.ref(Frame.swapSlot, folio);
  if (state.get(SwapSlot.count, slot) === 0) {
    freeSwap(model, folio);
    return;
  }
  state.set(SwapSlot.content, slot, state.get(Frame.content, folio));
  state.setRef(SwapSlot.frame, slot, -1);
  state.setRef(Frame.swapSlot, folio, -1);
  setFlag(model, folio, PAGE_FLAG.swapcache, false);
  getRefs(model, folio, -1);
}

import { ERRNO } from '../errno.js';
import { folioMapcount, folioPages, getRefs, isAnon, refcount, setFlag } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { type LruList, lruAdd } from '../frames/lru.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { getAnonVma, putAnonVma } from './anon-vma.js';
import { tryToMigrate } from './migrate.js';
import { removeMigrationPtes } from './migrate-back.js';
import { CARRIED, cacheReferences } from './move-folio.js';

/**
 * split_folio() of an anonymous folio that is in no cache: each page becomes a folio of its own, and
 * pages of zeros give way to the zeropage (6.12 and later). 0; -EAGAIN when the folio is locked,
 * pinned or otherwise referred to, with every mapping as it was but for its PMDs; -EINVAL for any
 * other folio (mm/huge_memory.c; SPEC 9.9, 24.7).
 */
export function splitFolio(model: Model, folio: number): number {
  const begun = beginSplit(model, folio);
  if (begun !== 0) return begun;
  const pages = folioPages(model, folio);
  const free = isFree(model, folio);
  if (free) unmapForSplit(model, folio);
  const splits = free && freezeAndSplit(model, folio);
  endSplit(model, folio, splits ? pages : 1);
  return splits ? 0 : ERRNO.EAGAIN;
}

/** What holds the folio while it is split: its lock, a reference, its anon_vma. 0 or an error. */
export function beginSplit(model: Model, folio: number): number {
  if (!isAnon(model, folio) || cacheReferences(model, folio) > 0) return ERRNO.EINVAL;
  if (!folioTrylock(model, folio)) return ERRNO.EAGAIN;
  getRefs(model, folio);
  const anonVma = model.state.ref(Frame.ownerId, folio);
  if (anonVma >= 0) getAnonVma(model, anonVma);
  return 0;
}

/** can_split_folio(): nobody refers to it but mappings and whoever splits. */
export const isFree = (model: Model, folio: number): boolean =>
  folioMapcount(model, folio) + 1 === refcount(model, folio);

/** unmap_folio(). */
export const unmapForSplit = (model: Model, folio: number): void =>
  tryToMigrate(model, folio, { splitPmd: true });

/** Takes an unmapped folio apart; false when it is still mapped or referred to. It is mapped again. */
export function freezeAndSplit(model: Model, folio: number): boolean {
  const pages = folioPages(model, folio);
  if (folioMapcount(model, folio) > 0 || refcount(model, folio) !== 1) {
    removeMigrationPtes(model, folio, folio);
    return false;
  }
  takeApart(model, folio, pages);
  for (let i = 0; i < pages; i++) removeMigrationPtes(model, folio + i, folio + i, true);
  return true;
}

/** Gives back what `beginSplit` took, of each of the pages that there are now. */
export function endSplit(model: Model, folio: number, pages: number): void {
  const anonVma = model.state.ref(Frame.ownerId, folio);
  if (anonVma >= 0) putAnonVma(model, anonVma);
  folioUnlock(model, folio);
  for (let i = pages - 1; i >= 0; i--) putRefs(model, folio + i);
}

/** __split_huge_page(): what the folio knew, each page knows; exclusivity is in the entries by now. */
function takeApart(model: Model, folio: number, pages: number): void {
  const { state } = model;
  const flags = state.get(Frame.flags, folio) & CARRIED;
  const list = state.get(Frame.lru, folio);
  for (const field of [Frame.order, Frame.pagesMapped, Frame.deferredSplit, Frame.mmShared]) {
    state.set(field, folio, 0);
  }
  for (let i = 1; i < pages; i++) {
    const page = folio + i;
    state.setRef(Frame.head, page, -1);
    state.set(Frame.owner, page, state.get(Frame.owner, folio));
    state.set(Frame.ownerId, page, state.get(Frame.ownerId, folio));
    state.set(Frame.index, page, state.get(Frame.index, folio) + i);
    state.set(Frame.refcount, page, 1);
    setFlag(model, page, PAGE_FLAG.anonExclusive, false);
    setFlag(model, page, flags, true);
    if (list !== LRU.none) lruAdd(model, page, LIST[list] as LruList);
  }
}

const LIST: Readonly<Record<number, LruList>> = {
  [LRU.active]: 'active',
  [LRU.inactive]: 'inactive',
};

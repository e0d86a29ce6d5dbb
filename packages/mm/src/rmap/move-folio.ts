import { cacheSlotOf } from '../files/cache-slot.js';
import { folioPages, getRefs, hasFlag, setFlag } from '../frames/folio.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { CacheSlot, Frame, SwapSlot } from '../state/columns.js';

/** PG_* bits that a folio's successors take over (folio_migrate_flags(), __split_huge_page_tail()). */
export const CARRIED =
  PAGE_FLAG.dirty |
  PAGE_FLAG.referenced |
  PAGE_FLAG.uptodate |
  PAGE_FLAG.active |
  PAGE_FLAG.swapbacked |
  PAGE_FLAG.young |
  PAGE_FLAG.mlocked;

/** References of page cache and swap cache to a folio: one for each of its pages. */
export function cacheReferences(model: Model, folio: number): number {
  const { state } = model;
  const inCache =
    state.get(Frame.owner, folio) === OWNER.file && state.ref(Frame.ownerId, folio) >= 0;
  const inSwap = hasFlag(model, folio, PAGE_FLAG.swapcache);
  return inCache || inSwap ? folioPages(model, folio) : 0;
}

/**
 * folio_migrate_mapping(), folio_migrate_copy() and folio_migrate_flags(): contents, owner and place
 * in the caches go from an unmapped folio to another of the same size (mm/migrate.c).
 */
export function moveFolio(model: Model, from: number, to: number): void {
  const { state } = model;
  const pages = folioPages(model, from);
  const cached = cacheReferences(model, from);
  for (const field of [Frame.owner, Frame.ownerId, Frame.index]) {
    state.set(field, to, state.get(field, from));
  }
  for (let i = 0; i < pages; i++) {
    state.set(Frame.content, to + i, state.get(Frame.content, from + i));
  }
  setFlag(model, to, state.get(Frame.flags, from) & CARRIED, true);
  if (cached > 0) {
    if (hasFlag(model, from, PAGE_FLAG.swapcache)) moveInSwapCache(model, from, to, pages);
    else moveInPageCache(model, from, to, pages);
    getRefs(model, to, cached);
    getRefs(model, from, -cached);
  }
  state.set(Frame.owner, from, OWNER.none);
  state.set(Frame.ownerId, from, 0);
}

function moveInSwapCache(model: Model, from: number, to: number, pages: number): void {
  const { state } = model;
  const slot = state.ref(Frame.swapSlot, from);
  state.setRef(Frame.swapSlot, to, slot);
  state.setRef(Frame.swapSlot, from, -1);
  setFlag(model, to, PAGE_FLAG.swapcache, true);
  setFlag(model, from, PAGE_FLAG.swapcache, false);
  for (let i = 0; i < pages; i++) state.setRef(SwapSlot.frame, slot + i, to + i);
}

function moveInPageCache(model: Model, from: number, to: number, pages: number): void {
  const { state } = model;
  const mapping = state.ref(Frame.ownerId, to);
  for (let i = 0; i < pages; i++) {
    const slot = cacheSlotOf(model, mapping, state.get(Frame.index, to) + i);
    const frame = slot < 0 ? -1 : state.ref(CacheSlot.frame, slot);
    if (frame >= from && frame < from + pages) {
      state.setRef(CacheSlot.frame, slot, to + (frame - from));
    }
  }
}

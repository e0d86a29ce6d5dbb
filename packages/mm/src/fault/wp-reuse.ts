import { hasFlag, isKsm, isLarge, refcount, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { moveAnonRmap } from '../rmap/move.js';
import { Frame, SwapSlot } from '../state/columns.js';

/**
 * wp_can_reuse_anon_folio(): nobody but this entry refers to the folio, which may then be written
 * in place (mm/memory.c; SPEC 6.5).
 */
export function wpCanReuseAnonFolio(model: Model, folio: number, vma: number): boolean {
  if (isLarge(model, folio) || isKsm(model, folio) || refcount(model, folio) > 3) return false;
  const inSwapCache = hasFlag(model, folio, PAGE_FLAG.swapcache);
  if (refcount(model, folio) > 1 + (inSwapCache ? 1 : 0)) return false;
  if (hasFlag(model, folio, PAGE_FLAG.locked)) return false;
  if (inSwapCache) freeSwap(model, folio);
  if (refcount(model, folio) !== 1) return false;
  moveAnonRmap(model, folio, vma);
  return true;
}

/** folio_free_swap(): out of the swap cache, when no entry refers to the slot any more. */
export function freeSwap(model: Model, folio: number): boolean {
  const { state } = model;
  const slot = state.ref(Frame.swapSlot, folio);
  if (slot < 0 || hasFlag(model, folio, PAGE_FLAG.writeback)) return false;
  if (state.get(SwapSlot.count, slot) > 0) return false;
  state.setRef(Frame.swapSlot, folio, -1);
  state.setRef(SwapSlot.frame, slot, -1);
  state.set(SwapSlot.content, slot, 0);
  setFlag(model, folio, PAGE_FLAG.swapcache, false);
  setFlag(model, folio, PAGE_FLAG.dirty, true);
  putRefs(model, folio);
  return true;
}

import {
  folioPages,
  getRefs,
  hasFlag,
  isKsm,
  isLarge,
  refcount,
  setFlag,
} from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { lruAddDrain } from '../frames/lru-batch.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { hasMmSlot, isMarkedShared } from '../rmap/mm-id.js';
import { moveAnonRmap } from '../rmap/move.js';
import { Frame, SwapSlot } from '../state/columns.js';
import { mmOf } from '../vma/vma.js';

/**
 * wp_can_reuse_anon_folio(): nobody but this entry refers to the folio, which may then be written
 * in place (mm/memory.c; SPEC 6.5). Until 6.1 the same stands inside do_wp_page(), and large folios
 * are no exception (SPEC 24.16).
 */
export function wpCanReuseAnonFolio(model: Model, folio: number, vma: number): boolean {
  if (isLarge(model, folio) && model.has('rmap-by-level') && model.config.TRANSPARENT_HUGEPAGE) {
    return model.has('mm-ids') && model.config.MM_ID && canReuseLarge(model, folio, vma);
  }
  if (isKsm(model, folio) || refcount(model, folio) > MOST_REFERENCES) return false;
  if (model.state.get(Frame.lru, folio) === LRU.none) lruAddDrain(model);
  if (refcount(model, folio) > 1 + cacheReferences(model, folio)) return false;
  if (!folioTrylock(model, folio)) return false;
  freeSwap(model, folio);
  const own = refcount(model, folio) === 1;
  if (own && model.has('reuse-moves-rmap')) moveAnonRmap(model, folio, vma);
  folioUnlock(model, folio);
  return own;
}

/** Of this entry, of the swap cache, and of a per-CPU batch. */
const MOST_REFERENCES = 3;

const cacheReferences = (model: Model, folio: number): number =>
  hasFlag(model, folio, PAGE_FLAG.swapcache) ? 1 : 0;

/**
 * __wp_can_reuse_large_anon_folio(): all references are mappings, and all mappings are of one
 * address space. That page alone becomes exclusive, and the folio keeps its anon_vma.
 */
function canReuseLarge(model: Model, folio: number, vma: number): boolean {
  const { state } = model;
  const mapcount = state.get(Frame.largeMapcount, folio);
  // With one page mapped the folio is better copied, and freed.
  if (mapcount <= 1 || isMarkedShared(model, folio)) return false;
  if (isKsm(model, folio)) model.vmWarn('ksm');
  if (hasFlag(model, folio, PAGE_FLAG.swapcache)) {
    if (!folioTrylock(model, folio)) return false;
    freeSwap(model, folio);
    folioUnlock(model, folio);
  }
  if (mapcount !== refcount(model, folio)) return false;
  if (mapcount > folioPages(model, folio)) model.vmWarn('mapcount-above-pages');
  if (state.get(Frame.entireMapcount, folio) > 0) model.vmWarn('entire-mapped');
  if (!hasMmSlot(model, folio, mmOf(model, vma))) model.vmWarn('foreign-mm-id');
  return true;
}

/**
 * folio_free_swap(): out of the swap cache, when no entry refers to the slot any more. The cache
 * holds a reference for each page.
 */
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
  getRefs(model, folio, -folioPages(model, folio));
  return true;
}

import { allocFolio } from '../frames/allocate.js';
import { folioOf, folioPages, getRefs, setFlag } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { CacheSlot, Frame } from '../state/columns.js';
import { CACHE, cacheSlotOf, eraseSlot } from './cache-slot.js';
import { fileKindOf } from './file-kinds.js';

/** filemap_get_folio(): the page of a file's index that is in the cache; -1 for none. Takes no reference. */
export function cachedPage(model: Model, mapping: number, index: number): number {
  const slot = cacheSlotOf(model, mapping, index);
  if (slot < 0 || model.state.get(CacheSlot.kind, slot) !== CACHE.page) return -1;
  return model.state.ref(CacheSlot.frame, slot);
}

/**
 * Reads a part of a file into the cache: 2^order pages from an index on, which must be aligned and
 * not cached yet. First frame, whose references are the cache's, one a page; -1 without memory.
 */
export function readIntoCache(model: Model, mapping: number, index: number, order = 0): number {
  const { state } = model;
  const folio = allocFolio(model, order);
  if (folio < 0) return -1;
  const kind = fileKindOf(model, mapping);
  const pages = 2 ** order;
  state.set(Frame.refcount, folio, pages);
  state.set(Frame.owner, folio, OWNER.file);
  state.setRef(Frame.ownerId, folio, mapping);
  state.set(Frame.index, folio, index);
  setFlag(model, folio, PAGE_FLAG.uptodate, true);
  if (kind?.shmem === true) setFlag(model, folio, PAGE_FLAG.swapbacked, true);
  if (kind?.secretmem === true) setFlag(model, folio, PAGE_FLAG.secretmem, true);
  for (let i = 0; i < pages; i++) {
    const slot = cacheSlotOf(model, mapping, index + i);
    state.set(CacheSlot.kind, slot, CACHE.page);
    state.setRef(CacheSlot.frame, slot, folio + i);
    state.set(Frame.content, folio + i, state.get(CacheSlot.stored, slot));
  }
  if (kind?.secretmem !== true) lruAdd(model, folio, 'inactive');
  return folio;
}

/** filemap_remove_folio(): the cache lets go of a folio, whose mappings must be gone. */
export function removeFromCache(model: Model, mapping: number, folio: number): void {
  const { state } = model;
  const pages = folioPages(model, folio);
  const index = state.get(Frame.index, folio);
  for (let i = 0; i < pages; i++) eraseSlot(model, cacheSlotOf(model, mapping, index + i));
  state.set(Frame.owner, folio, OWNER.none);
  state.set(Frame.ownerId, folio, 0);
  setFlag(model, folio, PAGE_FLAG.dirty, false);
  putRefs(model, folio, pages);
}

/** What a file holds at an index: its page's content, or what storage has. */
export function fileContent(model: Model, mapping: number, index: number): number {
  const { state } = model;
  const slot = cacheSlotOf(model, mapping, index);
  const frame = cachedPage(model, mapping, index);
  if (frame >= 0) return state.get(Frame.content, frame);
  return slot < 0 ? 0 : state.get(CacheSlot.stored, slot);
}

/** The page of an index with a reference more, read in if need be; -1 without memory. */
export function getCachedPage(model: Model, mapping: number, index: number): number {
  const found = cachedPage(model, mapping, index);
  const frame = found >= 0 ? found : readIntoCache(model, mapping, index);
  if (frame < 0) return -1;
  getRefs(model, folioOf(model, frame));
  return frame;
}

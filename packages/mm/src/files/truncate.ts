import { folioOf } from '../frames/folio.js';
import type { Model } from '../model.js';
import { CacheSlot, Mapping } from '../state/columns.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { cacheSlotOf } from './cache-slot.js';
import { cachedPage, removeFromCache } from './page-cache.js';

/**
 * truncate_pagecache() and truncate_inode_pages() of a file whose pages are in the cache: what lies
 * behind the new end is unmapped, private copies too, and forgotten (mm/truncate.c; SPEC 4.6).
 *
 * @param size new size in pages; no more than the file has room for
 */
export function truncateFile(model: Model, mapping: number, size: number): void {
  const { state } = model;
  const slots = state.get(Mapping.slots, mapping);
  state.set(Mapping.size, mapping, size);
  unmapMappingPages(model, mapping, size, slots - size, true);
  for (let index = size; index < slots; index++) {
    const frame = cachedPage(model, mapping, index);
    if (frame >= 0) removeFromCache(model, mapping, folioOf(model, frame));
    state.set(CacheSlot.stored, cacheSlotOf(model, mapping, index), 0);
  }
}

import type { Model } from '../model.js';
import { CacheSlot, Mapping } from '../state/columns.js';

/** What lies at an index of a file's xarray (`CacheSlot.kind`). */
export const CACHE = { none: 0, page: 1, dax: 2 } as const;

/** PAGECACHE_TAG_*, as bits of `CacheSlot.tags`. */
export const CACHE_TAG = { dirty: 1 << 0, toWrite: 1 << 1 } as const;

/** Record of a file's index; -1 beyond what the file has room for. */
export function cacheSlotOf({ state }: Model, mapping: number, index: number): number {
  const inside = index >= 0 && index < state.get(Mapping.slots, mapping);
  return inside ? state.get(Mapping.firstSlot, mapping) + index : -1;
}

/** xa_erase(): nothing lies at the index any more; what storage holds stays. */
export function eraseSlot({ state }: Model, slot: number): void {
  for (const field of [CacheSlot.kind, CacheSlot.frame, CacheSlot.bits, CacheSlot.tags]) {
    state.set(field, slot, 0);
  }
}

/** Sets or clears PAGECACHE_TAG_* bits. */
export function setTag({ state }: Model, slot: number, tag: number, on: boolean): void {
  const tags = state.get(CacheSlot.tags, slot);
  state.set(CacheSlot.tags, slot, on ? tags | tag : tags & ~tag);
}

/** A PAGECACHE_TAG_* bit. */
export const hasTag = ({ state }: Model, slot: number, tag: number): boolean =>
  (state.get(CacheSlot.tags, slot) & tag) !== 0;

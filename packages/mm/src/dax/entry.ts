import { CACHE, cacheSlotOf } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { CacheSlot, Mapping } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';

/** Bits of an entry in the xarray of a DAX file (fs/dax.c; SPEC 11.1), in `CacheSlot.bits`. */
export const DAX = { locked: 1 << 0, pmd: 1 << 1, zeroPage: 1 << 2, empty: 1 << 3 } as const;

/**
 * The slot of the entry that covers an index, -1 for none. An entry of a PMD lies at its first
 * index.
 */
export function daxEntryAt(model: Model, mapping: number, index: number): number {
  const slot = cacheSlotOf(model, mapping, index);
  if (slot < 0) return -1;
  if (model.state.get(CacheSlot.kind, slot) === CACHE.dax) return slot;
  const pages = pagesOfLevel(model, 'pmd');
  if (pages === 0) return -1;
  const first = slot - (index % pages);
  return entryIs(model, first, DAX.pmd) ? first : -1;
}

/** A bit of an entry; false where there is none. */
export const entryIs = ({ state }: Model, slot: number, bit: number): boolean =>
  state.get(CacheSlot.kind, slot) === CACHE.dax && (state.get(CacheSlot.bits, slot) & bit) !== 0;

/** The entry is no block of the file: a hole's zeros, or nothing yet. */
export const isHoleOrEmpty = (model: Model, slot: number): boolean =>
  entryIs(model, slot, DAX.zeroPage | DAX.empty);

/** First frame that an entry stands for; -1 for an empty one. */
export const entryFrame = ({ state }: Model, slot: number): number =>
  state.ref(CacheSlot.frame, slot);

/** 1 << dax_entry_order(): indices that an entry covers. */
export const entryPages = (model: Model, slot: number): number =>
  entryIs(model, slot, DAX.pmd) ? pagesOfLevel(model, 'pmd') : 1;

/** First index that an entry covers. */
export const entryIndex = ({ state }: Model, mapping: number, slot: number): number =>
  slot - state.get(Mapping.firstSlot, mapping);

/** Stores an entry; its tags stay. `frame` is -1 for an empty one. */
export function storeEntry({ state }: Model, slot: number, frame: number, bits: number): void {
  state.set(CacheSlot.kind, slot, CACHE.dax);
  state.setRef(CacheSlot.frame, slot, frame);
  state.set(CacheSlot.bits, slot, bits);
}

/** The entry of the lowest index in a range of a file; one that only reaches in counts. -1 for none. */
export function nextDaxEntry(model: Model, mapping: number, start: number, end: number): number {
  const last = Math.min(end, model.state.get(Mapping.slots, mapping));
  for (let index = start; index < last; index++) {
    const slot = daxEntryAt(model, mapping, index);
    if (slot >= 0) return slot;
  }
  return -1;
}

/** Slots of the entries that lie in a range of a file, by index; one that only reaches in counts. */
export function daxEntriesIn(
  model: Model,
  mapping: number,
  start: number,
  end: number,
): readonly number[] {
  const found: number[] = [];
  for (let index = start; ; ) {
    const slot = nextDaxEntry(model, mapping, index, end);
    if (slot < 0) return found;
    found.push(slot);
    index = entryIndex(model, mapping, slot) + entryPages(model, slot);
  }
}

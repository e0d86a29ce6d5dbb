import { CACHE_TAG, setTag } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { associate, disassociate } from './associate.js';
import { DAX, entryIndex, entryIs, entryPages, isHoleOrEmpty, storeEntry } from './entry.js';

/** What a fault puts into a file's xarray. */
export interface NewEntry {
  readonly frame: number;
  /** DAX bits. */
  readonly bits: number;
  readonly write: boolean;
  /** IOMAP_F_SHARED. */
  readonly shared: boolean;
  /** The write counts only once the file's metadata is safe (MAP_SYNC). */
  readonly synchronous: boolean;
}

/**
 * dax_insert_entry(): a fault's page, or hole, takes the place of an empty entry, of a hole, or of
 * what is shared; another entry stays, whatever the fault found (fs/dax.c; SPEC 11.4).
 */
export function daxInsertEntry(model: Model, mapping: number, slot: number, made: NewEntry): void {
  const { write, shared } = made;
  const replacesHole = entryIs(model, slot, DAX.zeroPage) && (made.bits & DAX.zeroPage) === 0;
  if (shared || replacesHole) {
    const index = entryIndex(model, mapping, slot);
    unmapMappingPages(model, mapping, index, entryPages(model, slot), false);
  }
  if (shared || isHoleOrEmpty(model, slot)) {
    disassociate(model, mapping, slot, false);
    storeEntry(model, slot, made.frame, made.bits);
    associate(model, mapping, slot, shared);
  }
  if (write && !made.synchronous) setTag(model, slot, CACHE_TAG.dirty, true);
  if (write && shared) setTag(model, slot, CACHE_TAG.toWrite, true);
}

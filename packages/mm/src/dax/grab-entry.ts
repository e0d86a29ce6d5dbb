import { VM_FAULT } from '../errno.js';
import { cacheSlotOf, eraseSlot } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { pagesOfLevel } from '../tables/tables.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { disassociate } from './associate.js';
import {
  DAX,
  daxEntriesIn,
  daxEntryAt,
  entryIndex,
  entryIs,
  isHoleOrEmpty,
  storeEntry,
} from './entry.js';

/**
 * grab_mapping_entry(): the entry that a fault works on, an empty one made where there was none.
 * Holes and empty entries of a PMD make way for pages. Its slot, or minus VM_FAULT bits: FALLBACK
 * for a PMD where entries of pages lie. While somebody else has it locked the kernel sleeps here; the
 * model answers RETRY|NOPAGE: nothing is mapped, nor made writable (fs/dax.c; SPEC 11.5).
 */
export function grabMappingEntry(
  model: Model,
  mapping: number,
  index: number,
  byPmd: boolean,
): number {
  const found = daxEntryAt(model, mapping, index);
  if (found >= 0 && entryIs(model, found, DAX.locked)) {
    model.note('waits-for-dax-entry');
    return -(VM_FAULT.RETRY | VM_FAULT.NOPAGE);
  }
  if (byPmd) return grabPmd(model, mapping, index, found);
  if (found >= 0) {
    if (!entryIs(model, found, DAX.pmd) || !isHoleOrEmpty(model, found)) return found;
    downgrade(model, mapping, found);
  }
  const slot = cacheSlotOf(model, mapping, index);
  storeEntry(model, slot, -1, DAX.empty);
  return slot;
}

function grabPmd(model: Model, mapping: number, index: number, found: number): number {
  if (found >= 0) return entryIs(model, found, DAX.pmd) ? found : -VM_FAULT.FALLBACK;
  const pages = pagesOfLevel(model, 'pmd');
  const first = index - (index % pages);
  if (daxEntriesIn(model, mapping, first, first + pages).length > 0) return -VM_FAULT.FALLBACK;
  const slot = cacheSlotOf(model, mapping, first);
  storeEntry(model, slot, -1, DAX.empty | DAX.pmd);
  return slot;
}

/** A hole that a PMD maps is unmapped; an empty entry was never mapped. */
function downgrade(model: Model, mapping: number, slot: number): void {
  if (entryIs(model, slot, DAX.zeroPage)) {
    const index = entryIndex(model, mapping, slot);
    unmapMappingPages(model, mapping, index, pagesOfLevel(model, 'pmd'), false);
  }
  disassociate(model, mapping, slot, false);
  eraseSlot(model, slot);
}

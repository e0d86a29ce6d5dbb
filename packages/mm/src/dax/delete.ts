import { eraseSlot } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { disassociate } from './associate.js';

/**
 * dax_delete_mapping_range() and dax_delete_mapping_entry(), of one entry that is not locked: it goes,
 * and its pages belong to one file offset less (fs/dax.c; SPEC 4.7, 11.7).
 */
export function deleteEntry(model: Model, mapping: number, slot: number): void {
  disassociate(model, mapping, slot, true);
  eraseSlot(model, slot);
}

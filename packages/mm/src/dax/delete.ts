import { eraseSlot } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { disassociate } from './associate.js';
import { daxEntriesIn } from './entry.js';

/**
 * dax_delete_mapping_range() and _entry(): entries of a range go, and their pages belong to no file
 * offset any more (fs/dax.c; SPEC 4.7, 11.7).
 *
 * @param end first index behind the range
 */
export function deleteDaxRange(
  model: Model,
  mapping: number,
  start: number,
  end: number,
  truncating: boolean,
): void {
  for (const slot of daxEntriesIn(model, mapping, start, end)) {
    disassociate(model, mapping, slot, truncating);
    eraseSlot(model, slot);
  }
}

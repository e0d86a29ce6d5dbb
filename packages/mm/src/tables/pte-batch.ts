import { folioOf, folioPages } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, type SlotAt, tableHolding } from './tables.js';

/** In which bits the entries of a batch must be alike; young ones may always differ (FPB_RESPECT_*). */
export interface Alike {
  readonly write: boolean;
  readonly dirty: boolean;
  readonly softDirty: boolean;
}

/**
 * folio_pte_batch(): how many present entries from a slot on map the following pages of the same
 * folio, alike otherwise, and lie in one table. `frame` is the page that the first one maps, `most` a
 * limit.
 */
export function pteBatch(
  model: Model,
  slot: SlotAt,
  entry: Entry,
  frame: number,
  most: number,
  alike: Alike,
): number {
  const { pte } = model;
  const folio = folioOf(model, frame);
  const left = Math.min(most, folio + folioPages(model, folio) - frame);
  const table = tableHolding(model, slot);
  let expected = comparable(model, entry, alike);
  let count = 1;
  while (count < left && tableHolding(model, slot + count) === table) {
    const other = entryIn(model, slot + count);
    if (other === undefined || !pte.is.present(other)) break;
    expected = pte.to.next_pfn(expected);
    if (comparable(model, other, alike) !== expected) break;
    count++;
  }
  return count;
}

/** The entry without the bits that may differ. */
function comparable({ pte }: Model, entry: Entry, alike: Alike): Entry {
  let plain = pte.to.mkold(entry);
  if (!alike.dirty) plain = pte.to.mkclean(plain);
  if (!alike.softDirty) plain = pte.to.clear_soft_dirty(plain);
  return alike.write ? plain : pte.to.wrprotect(plain);
}

import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { folioOf, pgmapType } from '../frames/folio.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { migrateFolio } from '../rmap/migrate-folio.js';
import { Frame, Reference } from '../state/columns.js';
import { folioIsLongtermPinnable } from './longterm.js';
import { putReference } from './reference.js';

/** How often pages may have to make way before the pin counts as failed. */
const MOST_ROUNDS = 8;

/**
 * __gup_longterm_locked(): pins for long. Folios that must stay movable are moved to other memory
 * first, for which all pins are dropped and taken anew (mm/gup.c; SPEC 5.1, 5.10).
 *
 * @param take pins the pages, adding the records that it makes; answers how many, or an error
 */
export function longtermPages(model: Model, take: (taken: number[]) => number): number {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const taken: number[] = [];
    const answer = take(taken);
    const unpinnable = unpinnableOf(model, taken);
    if (unpinnable.length === 0) return answer;
    for (const reference of taken) putReference(model, reference);
    for (const folio of unpinnable) {
      const failed = makeWay(model, folio);
      if (failed !== 0) return failed;
    }
  }
  return ERRNO.ENOMEM;
}

/** collect_longterm_unpinnable_folios(), each once. */
function unpinnableOf(model: Model, references: readonly number[]): number[] {
  const found = new Set<number>();
  for (const reference of references) {
    const folio = folioOf(model, model.state.ref(Reference.frame, reference));
    if (!folioIsLongtermPinnable(model, folio)) found.add(folio);
  }
  return [...found];
}

/** migrate_longterm_unpinnable_folios() of one: 0, or an error with the folio where it was. */
function makeWay(model: Model, folio: number): number {
  if (pgmapType(model, folio) === PGMAP_TYPE.coherent) return ERRNO.EBUSY;
  const to = allocPinnable(model, model.state.get(Frame.order, folio));
  if (to < 0) return ERRNO.ENOMEM;
  if (migrateFolio(model, folio, to) >= 0) return 0;
  // migrateFolio() gave the new folio back.
  return ERRNO.ENOMEM;
}

/** A free folio where long pins may be; -1 for none. */
function allocPinnable(model: Model, order: number): number {
  const { memory } = model.machine;
  const pages = 2 ** order;
  for (const { purpose, firstPfn, frames, zone, pageblock } of memory.ranges) {
    if (purpose !== 'general' || zone === 'movable' || pageblock !== undefined) continue;
    const first = Math.ceil(firstPfn / pages) * pages;
    for (let pfn = first; pfn + pages <= firstPfn + frames; pfn += pages) {
      const folio = allocFolio(model, order, memory.frame(pfn));
      if (folio >= 0) return folio;
    }
  }
  return -1;
}

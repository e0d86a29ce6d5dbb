import { folioMapcount, folioOf, refcount } from '../frames/folio.js';
import type { Model } from '../model.js';
import { entryFrame, entryPages, isHoleOrEmpty } from './entry.js';

/**
 * dax_busy_page(): the first page of an entry that somebody refers to besides the mappings of files;
 * -1 for none. Holes and empty entries are never busy (fs/dax.c; SPEC 11.2).
 */
export function busyPageOf(model: Model, slot: number): number {
  if (isHoleOrEmpty(model, slot)) return -1;
  const frame = entryFrame(model, slot);
  // A counted folio is asked as one.
  const pages = model.has('fsdax-refcounted') ? 1 : entryPages(model, slot);
  for (let i = 0; i < pages; i++) if (isBusy(model, frame + i)) return frame + i;
  return -1;
}

/** Somebody refers to a page of DAX memory besides the mappings of files. */
export function isBusy(model: Model, frame: number): boolean {
  const folio = folioOf(model, frame);
  const references = refcount(model, folio) - idleReferences(model);
  if (!model.has('fsdax-refcounted')) return references > 0;
  return references !== folioMapcount(model, folio);
}

/** What waiters wait for: nobody at all refers to the page, mappings of other files included. */
export const isIdle = (model: Model, frame: number): boolean =>
  refcount(model, folioOf(model, frame)) === idleReferences(model);

/** References of a page that is of a file and not used (SPEC 11.2). */
const idleReferences = (model: Model): number =>
  !model.has('fsdax-refcounted') || model.has('page-cache-holds-dax-page') ? 1 : 0;

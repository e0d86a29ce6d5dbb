import { folioOf, isAnon, isAnonExclusive } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Reference } from '../state/columns.js';
import { FOLL } from './flags.js';
import { gupPutFolio } from './grab.js';

/** Notes what GUP handed out: pages in line of one folio, from an address on. Answers the record. */
export function keepReference(
  { state }: Model,
  mm: number,
  vpn: number,
  frame: number,
  pages: number,
  flags: number,
): number {
  const reference = state.take('reference', Reference.used);
  state.setRef(Reference.mm, reference, mm);
  state.setRef(Reference.frame, reference, frame);
  state.set(Reference.vpn, reference, vpn);
  state.set(Reference.follFlags, reference, flags);
  state.set(Reference.pages, reference, pages);
  return reference;
}

/**
 * sanity_check_pinned_pages(): what was pinned and is anonymous must still be exclusive, by its own
 * mark or by that of its folio's first page (SPEC 24.0 c7a).
 */
function checkUnpinned(model: Model, folio: number, frame: number, pages: number): void {
  if (!model.config.DEBUG_VM || !model.has('unshare-fault') || !isAnon(model, folio)) return;
  if (isAnonExclusive(model, folio)) return;
  for (let page = frame; page < frame + pages; page++) {
    if (isAnonExclusive(model, page)) continue;
    if (model.has('shared-pin-warns')) model.vmWarn('unpinned-not-exclusive');
    else model.vmBug('unpinned-not-exclusive');
  }
}

/** put_page(), unpin_user_page(): gives references or pins of GUP back. */
export function putReference(model: Model, reference: number): void {
  const { state } = model;
  const frame = state.ref(Reference.frame, reference);
  const folio = folioOf(model, frame);
  const flags = state.get(Reference.follFlags, reference);
  const pages = state.get(Reference.pages, reference);
  if ((flags & FOLL.PIN) !== 0) checkUnpinned(model, folio, frame, pages);
  gupPutFolio(model, folio, pages, flags);
  state.clear('reference', reference);
}

/** The reference that was taken through an address, -1 for none; the oldest where there are more. */
export function referenceAt({ state }: Model, mm: number, vpn: number): number {
  const { reference: count } = state.layout.capacities;
  for (let i = 0; i < count; i++) {
    if (state.get(Reference.used, i) === 0 || state.ref(Reference.mm, i) !== mm) continue;
    const first = state.get(Reference.vpn, i);
    if (vpn >= first && vpn < first + state.get(Reference.pages, i)) return i;
  }
  return -1;
}

import { folioOf } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Reference } from '../state/columns.js';
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

/** put_page(), unpin_user_page(): gives references or pins of GUP back. */
export function putReference(model: Model, reference: number): void {
  const { state } = model;
  const folio = folioOf(model, state.ref(Reference.frame, reference));
  const flags = state.get(Reference.follFlags, reference);
  gupPutFolio(model, folio, state.get(Reference.pages, reference), flags);
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

import { folioOf } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { AnonVma, Frame, Vma } from '../state/columns.js';
import { vmaAddress } from './walk.js';

/**
 * Whether an anonymous page can be a copy that lies at this address. The RFC did not ask; its review
 * wondered whether it should (SPEC 2.11).
 */
export const fitsVma = (model: Model, vma: number, vpn: number, frame: number): boolean =>
  !model.has('anonymous-folio-fits-vma') || anonAddressInVma(model, frame, vma) === vpn;

/**
 * page_address_in_vma(), for an anonymous page: where the VMA shows it if it shows it at all, or -1:
 * both have the same root anon_vma, and the page's index lies in the VMA (mm/rmap.c).
 */
function anonAddressInVma(model: Model, frame: number, vma: number): number {
  const { state } = model;
  const folio = folioOf(model, frame);
  if (state.get(Frame.owner, folio) !== OWNER.anon) return -1;
  const theirs = state.ref(Frame.ownerId, folio);
  const ours = state.ref(Vma.anonVma, vma);
  if (theirs < 0 || ours < 0) return -1;
  if (state.ref(AnonVma.root, theirs) !== state.ref(AnonVma.root, ours)) return -1;
  return vmaAddress(model, vma, state.get(Frame.index, folio) + (frame - folio), 1);
}

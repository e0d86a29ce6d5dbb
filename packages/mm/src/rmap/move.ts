import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame, Vma } from '../state/columns.js';

/** folio_move_anon_rmap(): a page that was shared belongs to one VMA alone again (SPEC 9.5). */
export function moveAnonRmap(model: Model, folio: number, vma: number): void {
  const own = model.state.ref(Vma.anonVma, vma);
  if (own < 0) model.bug('no-anon-vma');
  model.state.set(Frame.owner, folio, OWNER.anon);
  model.state.setRef(Frame.ownerId, folio, own);
}

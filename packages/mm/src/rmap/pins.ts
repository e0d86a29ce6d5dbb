import { isLarge, refcount } from '../frames/folio.js';
import { MM_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame, Mm } from '../state/columns.js';
import { isCow, mmOf } from '../vma/vma.js';

/** GUP_PIN_COUNTING_BIAS: references that stand for one pin (SPEC 1.3). */
export const PIN_BIAS = 1024;

/** folio_has_pincount(): the folio counts its pins apart. */
export function hasPincount(model: Model, folio: number): boolean {
  if (!isLarge(model, folio)) return false;
  if (model.config['64BIT'] || !model.has('pincount-by-order')) return true;
  return model.state.get(Frame.order, folio) > 1;
}

/** folio_maybe_dma_pinned(): never wrongly no; many plain references look like a pin (SPEC 1.3). */
export const folioMaybeDmaPinned = (model: Model, folio: number): boolean =>
  hasPincount(model, folio)
    ? model.state.get(Frame.pincount, folio) > 0
    : refcount(model, folio) >>> 0 >= PIN_BIAS;

/**
 * folio_needs_cow_for_dma(): fork must give the child a copy. Only asked inside fork's section; in 5.18
 * of private VMAs, and of pages of files too (page_needs_cow_for_dma(), SPEC 24.1, 24.16).
 */
export function folioNeedsCowForDma(model: Model, vma: number, folio: number): boolean {
  const mm = mmOf(model, vma);
  if (!model.has('split-page-dup-rmap')) {
    if (!isCow(model, vma)) return false;
  } else if (model.state.get(Mm.writeProtectSeq, mm) % 2 === 0) model.vmBug('seq-even');
  if ((model.state.get(Mm.flags, mm) & MM_FLAG.hasPinned) === 0) return false;
  return folioMaybeDmaPinned(model, folio);
}

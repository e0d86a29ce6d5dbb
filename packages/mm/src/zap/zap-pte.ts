import {
  counterOf,
  folioMapcount,
  folioOf,
  isAnon,
  isZeroFrame,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { removeRmap } from '../rmap/remove.js';
import { Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import type { ZapDetails } from './details.js';
import { shouldZapFolio } from './details.js';

/** zap_present_ptes() for one entry (mm/memory.c; SPEC 4.1). */
export function zapPresentPte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  details: ZapDetails | null,
): void {
  const { pte } = model;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) {
    setEntry(model, slot, NONE);
    unmapKsmZero(model, vma, entry);
    return;
  }
  const folio = folioOf(model, frame);
  if (!shouldZapFolio(model, details, folio)) return;
  setEntry(model, slot, NONE);
  const mm = mmOf(model, vma);
  if (!isAnon(model, folio)) {
    if (pte.is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
    if (pte.is.young(entry)) setFlag(model, folio, PAGE_FLAG.referenced, true);
  }
  model.state.add(counterOf(model, folio, Mm), mm, -1);
  removeRmap(model, frame, 1, vma);
  if (folioMapcount(model, folio) < 0) model.badPageMap('pte', vma, vpn, entry, frame);
  putRefs(model, folio);
}

/** ksm_might_unmap_zero_page(): KSM marks the zeropage entries that it made by their dirty bit. */
function unmapKsmZero(model: Model, vma: number, entry: Entry): void {
  const { pte, machine, state } = model;
  const frame = machine.memory.frame(pte.pfn(entry));
  const isKsmZero = frame >= 0 && isZeroFrame(model, frame) && pte.is.dirty(entry);
  if (isKsmZero) state.add(Mm.ksmZeroPages, mmOf(model, vma), -1);
}

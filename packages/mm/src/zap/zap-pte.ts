import { folioMarkAccessed } from '../frames/accessed.js';
import {
  counterOf,
  folioMapcount,
  folioOf,
  isAnon,
  isZeroFrame,
  pageMapcount,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { removeRmap } from '../rmap/remove.js';
import { Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf, vmFlagsOf } from '../vma/vma.js';
import { shouldZapFolio, type ZapDetails } from './details.js';
import { installUffdWpIfNeeded } from './uffd-wp-marker.js';

/** zap_present_ptes() for one entry (mm/memory.c; SPEC 4.1). */
export function zapPresentPte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  details: ZapDetails,
): void {
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame === WILD_PAGE) model.bug('wild-page');
  if (frame < 0) {
    setEntry(model, slot, NONE);
    installUffdWpIfNeeded(model, vma, slot, entry, details);
    unmapKsmZero(model, vma, entry);
    return;
  }
  const folio = folioOf(model, frame);
  if (!shouldZapFolio(model, details, folio)) return;
  setEntry(model, slot, NONE);
  if (!isAnon(model, folio)) harvest(model, vma, folio, entry);
  installUffdWpIfNeeded(model, vma, slot, entry, details);
  model.state.add(counterOf(model, folio, Mm), mmOf(model, vma), -1);
  removeRmap(model, frame, 1, vma);
  if (underflows(model, folio, frame)) model.badPageMap('pte', vma, vpn, entry, frame);
  putRefs(model, folio);
}

/** More mappings were removed than there were; until 6.10 of the page, since then of its folio. */
const underflows = (model: Model, folio: number, frame: number): boolean =>
  (model.has('large-mapcount') ? folioMapcount(model, folio) : pageMapcount(model, frame)) < 0;

/** What the entry knows of a file's page that the page must know from now on. */
function harvest(model: Model, vma: number, folio: number, entry: Entry): void {
  const { is } = model.pte;
  if (is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  if (is.young(entry) && vmaHasRecency(model, vma)) folioMarkAccessed(model, folio);
}

/** vma_has_recency(): that a page was used says something of its future. */
export const vmaHasRecency = (model: Model, vma: number): boolean =>
  !vmFlagsOf(model, vma).VM_SEQ_READ &&
  !(model.has('recency-by-both-hints') && vmFlagsOf(model, vma).VM_RAND_READ);

/** ksm_might_unmap_zero_page(): KSM marks the zeropage entries that it made by their dirty bit. */
export function unmapKsmZero(model: Model, vma: number, entry: Entry): void {
  const { pte, machine, state } = model;
  if (!pte.is.dirty(entry)) return;
  const frame = machine.memory.frame(pte.pfn(entry));
  if (frame < 0 || !isZeroFrame(model, frame)) return;
  const mm = mmOf(model, vma);
  if (state.get(Mm.ksmZeroPages, mm) > 0) state.add(Mm.ksmZeroPages, mm, -1);
}

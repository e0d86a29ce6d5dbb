import { folioMapcount, folioOf, hasFlag, isAnon, isKsm, isZoneDevice } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry, Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { folioMaybeDmaPinned } from '../rmap/pins.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { isCow } from '../vma/vma.js';
import { canChangePteWritable } from './can-change-writable.js';
import { MM_CP } from './change-protection.js';

/** change_pte_range() for a present entry: 1 when it was changed, 0 when it is left alone (SPEC 8.2). */
export function changePresentPte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
  prot: Prot,
  flags: number,
): number {
  const { pte } = model;
  const numa = (flags & MM_CP.PROT_NUMA) !== 0;
  if (numa && (pte.is.protnone(old) || !takesNumaHint(model, vma, vpn, old))) return 0;
  let entry = pte.modify(old, prot);
  if ((flags & MM_CP.UFFD_WP) !== 0) entry = pte.to.wrprotect(pte.to.mkuffd_wp(entry));
  else if ((flags & MM_CP.UFFD_WP_RESOLVE) !== 0) entry = pte.to.clear_uffd_wp(entry);
  if (
    (flags & MM_CP.TRY_CHANGE_WRITABLE) !== 0 &&
    !pte.is.write(entry) &&
    canChangePteWritable(model, vma, vpn, entry)
  ) {
    entry = pte.mkwrite(entry);
  }
  setEntry(model, slot, entry);
  return 1;
}

/** Whether a hinting fault on the page could tell anything (SPEC 8.2, SPEC-7.2 8.7). */
function takesNumaHint(model: Model, vma: number, vpn: number, entry: Entry): boolean {
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return false;
  const folio = folioOf(model, frame);
  if (isZoneDevice(model, folio) || isKsm(model, folio)) return false;
  const cow = isCow(model, vma);
  const asksPin = cow || model.has('numa-filter-shared');
  if (asksPin && folioMaybeDmaPinned(model, folio)) return false;
  if (cow && folioMapcount(model, folio) > 1) return false;
  return isAnon(model, folio) || !hasFlag(model, folio, PAGE_FLAG.dirty);
}

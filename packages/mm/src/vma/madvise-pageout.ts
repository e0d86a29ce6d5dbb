import { ERRNO } from '../errno.js';
import { folioMapcount, folioOf, folioPages, isZoneDevice, setFlag } from '../frames/folio.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import { splitHugePmd, splitHugePud } from '../huge/split.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { reclaimFolio } from '../rmap/reclaim.js';
import { Frame } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress, setEntry } from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { hasVmFlag, mmOf } from './vma.js';

/**
 * MADV_PAGEOUT: folios that nobody else maps are made old and reclaimed at once, used or not. A large
 * folio goes when the range maps all of it. 0, or -EINVAL for VMAs that reclaim does not look at
 * (madvise_cold_or_pageout_pte_range()).
 */
export function pageOut(model: Model, vma: number, start: number, end: number): number {
  if (KEPT.some((flag) => hasVmFlag(model, vma, flag))) return ERRNO.EINVAL;
  const folios: number[] = [];
  for (let vpn = start; vpn < end; ) {
    const slot = deepestSlot(model, mmOf(model, vma), vpn);
    if (slot < 0) break;
    const number = model.reached;
    if (number > 0) {
      // Reclaim wants entries of single pages.
      if (!noneOrClearBad(model, slot, number)) {
        (number === 1 ? splitHugePmd : splitHugePud)(model, vma, vpn);
        if (entryIn(model, slot) === undefined) continue;
      }
      vpn = nextAddress(model, vpn, number);
      continue;
    }
    const folio = candidate(model, vma, vpn, slot, end);
    if (folio >= 0) folios.push(folio);
    vpn += folio >= 0 ? folioPages(model, folio) : 1;
  }
  for (const folio of folios) reclaimFolio(model, folio, true);
  return 0;
}

/** can_madv_lru_vma(). */
const KEPT = ['VM_LOCKED', 'VM_PFNMAP', 'VM_HUGETLB'] as const;

/** The folio at an address, made old, when the VMA alone maps it and the range all of it; -1 if not. */
function candidate(model: Model, vma: number, vpn: number, slot: number, end: number): number {
  const { pte, state } = model;
  const entry = entryIn(model, slot);
  if (entry === undefined || !pte.is.present(entry)) return -1;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return -1;
  const folio = folioOf(model, frame);
  const pages = folioPages(model, folio);
  if (isZoneDevice(model, folio) || folioMapcount(model, folio) !== pages) return -1;
  if (frame !== folio || vpn + pages > end) return -1;
  setEntry(model, slot, pte.to.mkold(entry));
  setFlag(model, folio, PAGE_FLAG.referenced | PAGE_FLAG.young, false);
  return state.get(Frame.lru, folio) === LRU.none ? -1 : folio;
}

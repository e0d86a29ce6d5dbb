import { ERRNO } from '../errno.js';
import { freeSwap } from '../fault/wp-reuse.js';
import {
  folioMapcount,
  folioOf,
  folioPages,
  hasFlag,
  isAnon,
  isZoneDevice,
  setFlag,
} from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { lruAdd, lruRemove } from '../frames/lru.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import { splitHugePmd, splitHugePud } from '../huge/split.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Frame } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress, type SlotAt, setEntry } from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { ZAP_ALL } from '../zap/details.js';
import { zapNonpresentPte } from '../zap/zap-nonpresent.js';
import { mmOf, vmaIsAnonymous } from './vma.js';

/**
 * MADV_FREE: reclaim may drop the pages as long as nobody writes to them again; what is in swap goes
 * at once. 0, or -EINVAL for anything but anonymous memory (madvise_free_pte_range()).
 */
export function freeLazily(model: Model, vma: number, start: number, end: number): number {
  if (!vmaIsAnonymous(model, vma)) return ERRNO.EINVAL;
  for (let vpn = start; vpn < end; ) {
    const slot = deepestSlot(model, mmOf(model, vma), vpn);
    if (slot < 0) break;
    const number = model.reached;
    const next = nextAddress(model, vpn, number);
    if (number === 0) freeEntry(model, vma, vpn, slot);
    else if (!noneOrClearBad(model, slot, number)) {
      (number === 1 ? splitHugePmd : splitHugePud)(model, vma, vpn);
      if (entryIn(model, slot) === undefined) continue;
    }
    vpn = next;
  }
  return 0;
}

function freeEntry(model: Model, vma: number, vpn: number, slot: SlotAt): void {
  const { pte } = model;
  const entry = entryIn(model, slot) ?? NONE;
  if (entry === NONE) return;
  if (pte.is.present(entry)) {
    freePage(model, vma, vpn, slot, entry);
    return;
  }
  const { what } = pte.absent(entry);
  if (what === 'swap' || what === 'hwpoison')
    zapNonpresentPte(model, vma, vpn, slot, entry, ZAP_ALL);
}

/** A page that nobody else maps becomes clean and old, and is the next to be reclaimed. */
function freePage(model: Model, vma: number, vpn: number, slot: SlotAt, entry: Entry): void {
  const { pte } = model;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return;
  const folio = folioOf(model, frame);
  if (isZoneDevice(model, folio)) return;
  if (hasFlag(model, folio, PAGE_FLAG.swapcache) || hasFlag(model, folio, PAGE_FLAG.dirty)) {
    if (!cleans(model, folio)) return;
  }
  setEntry(model, slot, pte.to.mkclean(pte.to.mkold(entry)));
  markLazyFree(model, folio);
}

/** The folio is in no swap cache and clean from now on; false when it cannot be, or others map it. */
function cleans(model: Model, folio: number): boolean {
  if (folioMapcount(model, folio) !== folioPages(model, folio)) return false;
  if (!folioTrylock(model, folio)) return false;
  const stays = hasFlag(model, folio, PAGE_FLAG.swapcache) && !freeSwap(model, folio);
  if (!stays) setFlag(model, folio, PAGE_FLAG.dirty, false);
  folioUnlock(model, folio);
  return !stays;
}

/** folio_mark_lazyfree(): anonymous, and yet nothing that swap must keep. */
function markLazyFree(model: Model, folio: number): void {
  const { swapbacked, swapcache, active, referenced } = PAGE_FLAG;
  if (!isAnon(model, folio) || !hasFlag(model, folio, swapbacked)) return;
  if (hasFlag(model, folio, swapcache) || model.state.get(Frame.lru, folio) === LRU.none) return;
  lruRemove(model, folio);
  setFlag(model, folio, active | referenced | swapbacked, false);
  lruAdd(model, folio, 'inactive');
}

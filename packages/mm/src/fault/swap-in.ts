import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import {
  folioPages,
  getRefs,
  hasFlag,
  isAnon,
  isAnonExclusive,
  isKsm,
  refcount,
  setFlag,
} from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { lruAddDrain } from '../frames/lru-batch.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addAnonRmap, addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { AnonVma, Frame, Mm, SwapSlot, Vma } from '../state/columns.js';
import { swapFree, swapSlotOf } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, mmOf, pageIndex } from '../vma/vma.js';
import { softDirtyEnabled } from '../vma/write-tracking.js';
import { newEntry } from './anonymous.js';
import { FAULT_FLAG } from './flags.js';
import { isWatchedWrite } from './userfault.js';
import { isFaultError } from './vmf.js';
import { doWpPage } from './wp.js';
import { freeSwap } from './wp-reuse.js';

/**
 * do_swap_page() for a true swap entry: its page comes back, exclusive when nobody else can have it
 * (mm/memory.c; SPEC 9.8, SPEC-7.2 9.13). The swap device is one that is read through the swap cache.
 */
export function swapIn(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const { state, pte } = model;
  const at = swapSlotOf(model, entry);
  const found = state.ref(SwapSlot.frame, at);
  const cached = found >= 0 ? found : readFromSwap(model, at);
  if (cached < 0) return VM_FAULT.OOM;
  if (hasFlag(model, cached, PAGE_FLAG.hwpoison)) return VM_FAULT.HWPOISON;
  getRefs(model, cached);
  anonVmaPrepare(model, vma);
  const folio = ksmMightNeedToCopy(model, cached, vma, vpn);
  if (folio < 0) {
    putRefs(model, cached);
    return VM_FAULT.OOM;
  }
  const isWrite = (flags & FAULT_FLAG.WRITE) !== 0;
  const isCopy = folio !== cached;
  if (isWrite && !isCopy && !isKsm(model, folio) && state.get(Frame.lru, folio) === LRU.none) {
    // A batch that is on its way to a list may hold the only reference in excess.
    lruAddDrain(model);
  }
  if (isAnon(model, folio) && isAnonExclusive(model, folio)) model.bug('exclusive-in-swapcache');
  swapFree(model, entry);
  if (!isCopy && shouldTryToFreeSwap(model, folio, vma, flags)) freeSwap(model, folio);
  const exclusive =
    !isKsm(model, folio) &&
    (isCopy || pte.is.swp_exclusive(entry) || refcount(model, folio) === 1) &&
    // Without a mark to set, only a write has to know.
    (isWrite || model.has('anon-exclusive'));
  const mm = mmOf(model, vma);
  state.add(Mm.anonPages, mm, 1);
  state.add(Mm.swapEntries, mm, -1);
  const fresh = mappedEntry(model, vma, entry, folio, exclusive, isWrite);
  if (isCopy || !isAnon(model, folio)) addNewAnonRmap(model, folio, vma, vpn, exclusive);
  else addAnonRmap(model, folio, 1, vma, vpn, exclusive);
  if (isCopy) lruAdd(model, folio, 'inactive');
  setEntry(model, slot, fresh);
  if (isCopy) putRefs(model, cached);
  const major = found >= 0 ? 0 : VM_FAULT.MAJOR;
  const written = exclusive && !model.has('swap-in-maps-writable');
  if (!isWrite || written || pte.is.write(fresh)) return major;
  const answer = major | doWpPage(model, vma, vpn, slot, fresh, flags);
  return isFaultError(answer) ? answer & ~VM_FAULT.MAJOR : answer;
}

/**
 * The entry of the page: writable at once where it is the process's own and nobody waits for a fault.
 * Until 6.9 a write faults again where it may not be, on an entry that is dirty already.
 */
function mappedEntry(
  model: Model,
  vma: number,
  entry: Entry,
  folio: number,
  exclusive: boolean,
  isWrite: boolean,
): Entry {
  const { pte } = model;
  const later = model.has('swap-in-maps-writable');
  let fresh = newEntry(model, vma, folio);
  if (exclusive && isWrite && !later) fresh = maybeMkwrite(model, vma, pte, pte.to.mkdirty(fresh));
  if (pte.is.swp_soft_dirty(entry)) fresh = pte.to.mksoft_dirty(fresh);
  if (pte.is.swp_uffd_wp(entry)) fresh = pte.to.wrprotect(pte.to.mkuffd_wp(fresh));
  if (!later || !exclusive || !hasVmFlag(model, vma, 'VM_WRITE')) return fresh;
  const waits = softDirtyEnabled(model, vma) && !pte.is.soft_dirty(fresh);
  if (waits || isWatchedWrite(model, vma, fresh)) return fresh;
  return pte.mkwrite(isWrite ? pte.to.mkdirty(fresh) : fresh);
}

/** should_try_to_free_swap(): the cache's reference stands in the way of a write. */
function shouldTryToFreeSwap(model: Model, folio: number, vma: number, flags: number): boolean {
  if (!hasFlag(model, folio, PAGE_FLAG.swapcache)) return false;
  if (hasVmFlag(model, vma, 'VM_LOCKED') || hasFlag(model, folio, PAGE_FLAG.mlocked)) return true;
  if ((flags & FAULT_FLAG.WRITE) === 0 || isKsm(model, folio)) return false;
  return refcount(model, folio) === 1 + folioPages(model, folio);
}

/**
 * ksm_might_need_to_copy(): a page that KSM gave to VMAs of different origin cannot become
 * anonymous memory of one of them; the VMA gets a copy. -1 without memory.
 */
export function ksmMightNeedToCopy(model: Model, folio: number, vma: number, vpn: number): number {
  const { state } = model;
  if (!isAnon(model, folio) || isKsm(model, folio)) return folio;
  const root = state.get(AnonVma.root, state.ref(Frame.ownerId, folio));
  const isOfVma =
    root === state.get(AnonVma.root, state.ref(Vma.anonVma, vma)) &&
    state.get(Frame.index, folio) === pageIndex(model, vma, vpn);
  if (isOfVma) return folio;
  const copy = allocFolio(model);
  if (copy >= 0) state.set(Frame.content, copy, state.get(Frame.content, folio));
  return copy;
}

/**
 * swapin_readahead() of one page: it is in the swap cache until somebody frees its slot. -1 without
 * memory.
 */
export function readFromSwap(model: Model, at: number): number {
  const { state } = model;
  const folio = allocFolio(model);
  if (folio < 0) return -1;
  state.set(Frame.content, folio, state.get(SwapSlot.content, at));
  state.setRef(Frame.swapSlot, folio, at);
  state.setRef(SwapSlot.frame, at, folio);
  setFlag(model, folio, PAGE_FLAG.swapcache | PAGE_FLAG.swapbacked | PAGE_FLAG.uptodate, true);
  lruAdd(model, folio, 'inactive');
  return folio;
}

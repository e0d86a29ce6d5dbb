import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { getRefs, hasFlag, isKsm, refcount, setFlag } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addAnonRmap, addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { restoreDeviceExclusive } from '../rmap/device-exclusive.js';
import { Frame, Mm, SwapSlot } from '../state/columns.js';
import { swapFree, swapSlotOf } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, mmOf } from '../vma/vma.js';
import { isMarker } from '../zap/markers.js';
import { newEntry } from './anonymous.js';
import { FAULT_FLAG } from './flags.js';
import { handlePteFault } from './handle-pte-fault.js';
import { freeSwap } from './wp-reuse.js';

/** do_swap_page(): an access to an entry that is not present (mm/memory.c; SPEC 6.10, 9.8). */
export function doSwapPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  switch (model.pte.absent(entry).what) {
    case 'swap':
      return swapIn(model, vma, vpn, slot, entry, flags);
    case 'migration-read':
    case 'migration-read-exclusive':
    case 'migration-write':
      model.note('waits-for-migration');
      return VM_FAULT.RETRY;
    case 'device-exclusive':
    case 'device-exclusive-read':
    case 'device-exclusive-write':
      return restoreDeviceExclusive(model, vma, vpn, slot) ? 0 : VM_FAULT.RETRY;
    case 'device-private-read':
    case 'device-private-write':
      model.note('migrates-to-ram');
      return VM_FAULT.RETRY;
    case 'hwpoison':
    case 'swapin-error':
      return VM_FAULT.HWPOISON;
    case 'marker':
      return markerFault(model, vma, vpn, slot, entry, flags);
    default:
      model.badPageMap('pte', vma, vpn, entry);
      return VM_FAULT.SIGBUS;
  }
}

/** handle_pte_marker() (SPEC 6.10). */
function markerFault(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  if (isMarker(model, entry, 'PTE_MARKER_POISONED')) return VM_FAULT.HWPOISON;
  if (isMarker(model, entry, 'PTE_MARKER_GUARD')) return VM_FAULT.SIGSEGV;
  // The protection of a page that is not there: handled as missing.
  setEntry(model, slot, NONE);
  return handlePteFault(model, vma, vpn, flags);
}

function swapIn(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const { state, pte } = model;
  const at = swapSlotOf(model, entry);
  const cached = state.ref(SwapSlot.frame, at);
  const folio = cached >= 0 ? cached : readFromSwap(model, at);
  if (folio < 0) return VM_FAULT.OOM;
  if (hasFlag(model, folio, PAGE_FLAG.hwpoison)) return VM_FAULT.HWPOISON;
  anonVmaPrepare(model, vma);
  const isWrite = (flags & FAULT_FLAG.WRITE) !== 0;
  const mayBeOwn = pte.is.swp_exclusive(entry) && !isKsm(model, folio);
  getRefs(model, folio);
  swapFree(model, entry);
  if (isWrite || cached < 0) freeSwap(model, folio);
  const exclusive = mayBeOwn || (!isKsm(model, folio) && refcount(model, folio) === 1);
  const mm = mmOf(model, vma);
  state.add(Mm.anonPages, mm, 1);
  state.add(Mm.swapEntries, mm, -1);
  let fresh = pte.to.mkyoung(newEntry(model, vma, folio));
  if (pte.is.swp_soft_dirty(entry)) fresh = pte.to.mksoft_dirty(fresh);
  const isProtected = pte.is.swp_uffd_wp(entry);
  if (isProtected) fresh = pte.to.mkuffd_wp(fresh);
  if (exclusive && hasVmFlag(model, vma, 'VM_WRITE') && !isProtected) {
    fresh = pte.mkwrite(isWrite ? pte.to.mkdirty(fresh) : fresh);
  }
  if (state.get(Frame.owner, folio) === 0) addNewAnonRmap(model, folio, vma, vpn, exclusive);
  else addAnonRmap(model, folio, 1, vma, vpn, exclusive);
  setEntry(model, slot, fresh);
  return isWrite && !pte.is.write(fresh) ? handlePteFault(model, vma, vpn, flags) : VM_FAULT.MAJOR;
}

/** A folio read from swap is in the swap cache until somebody frees its slot. */
function readFromSwap(model: Model, at: number): number {
  const { state } = model;
  const folio = allocFolio(model);
  if (folio < 0) return -1;
  state.set(Frame.content, folio, state.get(SwapSlot.content, at));
  state.setRef(Frame.swapSlot, folio, at);
  state.setRef(SwapSlot.frame, at, folio);
  setFlag(model, folio, PAGE_FLAG.swapcache, true);
  setFlag(model, folio, PAGE_FLAG.swapbacked, true);
  lruAdd(model, folio, 'active');
  return folio;
}

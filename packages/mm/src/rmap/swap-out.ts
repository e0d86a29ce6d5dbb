import {
  counterOf,
  fileCounterOf,
  folioMapcount,
  hasFlag,
  isAnon,
  isAnonExclusive,
  isHugetlb,
  refcount,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { splitHugePmd } from '../huge/split.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame, Mm } from '../state/columns.js';
import { swapDuplicate, swapEntryOf } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, mmOf } from '../vma/vma.js';
import { ZAP_ALL } from '../zap/details.js';
import { installUffdWpIfNeeded } from '../zap/uffd-wp-marker.js';
import { frameMapped, MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { poisonEntry, type UnmapFlags } from './migrate.js';
import { carryFlags } from './migration-entry.js';
import { removeRmap } from './remove.js';
import { tryShareAnonRmap } from './share.js';
import { rmapWalk } from './walk.js';

/**
 * try_to_unmap(): takes a folio out of all page tables: swap entries stand for anonymous pages, files
 * fault theirs in again. The caller asks whether it is still mapped (mm/rmap.c; SPEC 9.8).
 */
export function tryToUnmap(model: Model, folio: number, flags: UnmapFlags = {}): void {
  // Those of hugetlb come here when they are poisoned only, which is not modelled.
  if (isHugetlb(model, folio)) return;
  rmapWalk(model, folio, {
    one: (vma, vpn) => unmapInVma(model, folio, vma, vpn, flags),
    done: () => folioMapcount(model, folio) <= 0,
    mappedOnly: true,
  });
}

/** try_to_unmap_one(): false when the walk must end. */
function unmapInVma(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  flags: UnmapFlags,
): boolean {
  let goesOn = true;
  pageVmaMappedWalk(model, folio, vma, vpn, (at, slot, entry, level) => {
    const kept = !flags.ignoreMlock && mlockKeeps(model, folio, vma);
    if (!kept && level === 'pmd') {
      splitHugePmd(model, vma, at);
      return MAPPED.again;
    }
    if (!kept && unmapPte(model, folio, vma, slot, entry, flags)) return MAPPED.next;
    goesOn = false;
    return MAPPED.stop;
  });
  return goesOn;
}

/** A locked VMA keeps its pages; the folio is marked for that. */
export function mlockKeeps(model: Model, folio: number, vma: number): boolean {
  if (!hasVmFlag(model, vma, 'VM_LOCKED')) return false;
  setFlag(model, folio, PAGE_FLAG.mlocked, true);
  return true;
}

/** The mapping of one page; false, with the entry as it was, when the folio must stay. */
function unmapPte(
  model: Model,
  folio: number,
  vma: number,
  slot: SlotAt,
  entry: Entry,
  flags: UnmapFlags,
): boolean {
  const { pte, state } = model;
  const frame = frameMapped(model, entry);
  const mm = mmOf(model, vma);
  setEntry(model, slot, NONE);
  installUffdWpIfNeeded(model, vma, slot, entry, ZAP_ALL);
  if (pte.is.present(entry) && pte.is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  const poison = flags.hwpoison ? poisonEntry(model, frame) : undefined;
  if (poison !== undefined) {
    state.add(counterOf(model, folio, Mm), mm, -1);
    setEntry(model, slot, poison);
  } else if (!isAnon(model, folio)) state.add(fileCounterOf(model, folio, Mm), mm, -1);
  else if (!unmapAnon(model, folio, frame, vma, slot, entry)) return false;
  removeRmap(model, frame, 1, vma);
  putRefs(model, folio);
  return true;
}

function unmapAnon(
  model: Model,
  folio: number,
  frame: number,
  vma: number,
  slot: SlotAt,
  entry: Entry,
): boolean {
  const swapbacked = hasFlag(model, folio, PAGE_FLAG.swapbacked);
  if (swapbacked !== hasFlag(model, folio, PAGE_FLAG.swapcache)) {
    model.warn('swapbacked-not-in-swapcache');
    return false;
  }
  const gone = swapbacked
    ? swapOut(model, folio, frame, vma, slot, entry)
    : discard(model, folio, vma);
  if (!gone) setEntry(model, slot, entry);
  return gone;
}

/** A swap entry takes the page's place, unless the page may be pinned. */
function swapOut(
  model: Model,
  folio: number,
  frame: number,
  vma: number,
  slot: SlotAt,
  entry: Entry,
): boolean {
  const exclusive = isAnonExclusive(model, frame);
  if (exclusive && tryShareAnonRmap(model, frame) !== 0) return false;
  putSwapEntry(model, folio, frame, vma, slot, entry, exclusive);
  return true;
}

/** The swap entry, one more of its slot, stands for the page; `exclusive` is what the page was. */
export function putSwapEntry(
  model: Model,
  folio: number,
  frame: number,
  vma: number,
  slot: SlotAt,
  entry: Entry,
  exclusive: boolean,
): void {
  const { pte, state } = model;
  let swapped = swapEntryOf(model, state.ref(Frame.swapSlot, folio) + (frame - folio));
  swapDuplicate(model, swapped);
  const mm = mmOf(model, vma);
  state.add(Mm.anonPages, mm, -1);
  state.add(Mm.swapEntries, mm, 1);
  // Headers whose swap entries have no such bit forget it (um until 6.1).
  if (exclusive && model.has('swap-entries-keep-exclusive')) {
    swapped = pte.to.swp_mkexclusive(swapped);
  }
  setEntry(model, slot, carryFlags(pte, entry, swapped));
}

/** A page that MADV_FREE gave up is dropped while it is clean and nobody else refers to it. */
function discard(model: Model, folio: number, vma: number): boolean {
  const { state } = model;
  const isDroppable = hasVmFlag(model, vma, 'VM_DROPPABLE');
  const dirty = hasFlag(model, folio, PAGE_FLAG.dirty) && !isDroppable;
  const referenced = refcount(model, folio) !== 1 + folioMapcount(model, folio);
  if (!dirty && !referenced) {
    state.add(Mm.anonPages, mmOf(model, vma), -1);
    return true;
  }
  const keeps = dirty || !model.has('lazyfree-kept-if-dirty');
  if (keeps && !isDroppable) setFlag(model, folio, PAGE_FLAG.swapbacked, true);
  return false;
}

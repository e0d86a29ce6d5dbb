import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { fileCounterOf, folioMapcount, folioOf, hasFlag, isAnon } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { removeRmap } from '../rmap/remove.js';
import { Frame, Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { maybeMkwrite, mmOf } from '../vma/vma.js';
import { unmapKsmZero } from '../zap/zap-pte.js';
import { newEntry } from './anonymous.js';
import { freeSwap } from './wp-reuse.js';

/**
 * wp_page_copy(): the process gets a page of its own with the same content. `frame` is the page so
 * far, or -1 for one that is special. Reading broken memory stops kernels that do not expect it
 * (mm/memory.c; SPEC 6.6, 24.16).
 */
export function wpPageCopy(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  frame: number,
  unshare: boolean,
): number {
  const { state } = model;
  anonVmaPrepare(model, vma);
  const folio = allocFolio(model);
  if (folio < 0) return VM_FAULT.OOM;
  if (frame >= 0 && hasFlag(model, frame, PAGE_FLAG.hwpoison)) {
    if (!model.has('copy-survives-poison')) model.bug('machine-check');
    putRefs(model, folio);
    return VM_FAULT.HWPOISON;
  }
  state.set(Frame.content, folio, contentOf(model, entry, frame));
  const mm = mmOf(model, vma);
  const old = frame < 0 ? -1 : folioOf(model, frame);
  if (old < 0) unmapKsmZero(model, vma, entry);
  else if (!isAnon(model, old)) state.add(fileCounterOf(model, old, Mm), mm, -1);
  if (old < 0 || !isAnon(model, old)) state.add(Mm.anonPages, mm, 1);
  addNewAnonRmap(model, folio, vma, vpn);
  lruAdd(model, folio, 'inactive');
  setEntry(model, slot, copyEntry(model, vma, entry, folio, unshare));
  if (old >= 0) {
    removeRmap(model, frame, 1, vma);
    if (folioMapcount(model, old) === 0) freeSwap(model, old);
    putRefs(model, old);
  }
  return 0;
}

/** What the process saw so far: zeros of the zeropage, or whatever lies behind a pfn. */
function contentOf({ state, machine, pte }: Model, entry: Entry, frame: number): number {
  if (frame >= 0) return state.get(Frame.content, frame);
  const at = machine.memory.frame(pte.pfn(entry));
  return at < 0 ? 0 : state.get(Frame.content, at);
}

function copyEntry(model: Model, vma: number, old: Entry, folio: number, unshare: boolean): Entry {
  const { pte } = model;
  let entry = pte.to.mkyoung(newEntry(model, vma, folio));
  if (!unshare) return maybeMkwrite(model, vma, pte, pte.to.mkdirty(entry));
  if (pte.is.soft_dirty(old)) entry = pte.to.mksoft_dirty(entry);
  if (pte.is.uffd_wp(old)) entry = pte.to.mkuffd_wp(entry);
  if (pte.is.write(entry)) model.bug('unshared-writable');
  return entry;
}

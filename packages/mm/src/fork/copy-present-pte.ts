import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import {
  counterOf,
  fileCounterOf,
  folioOf,
  getRefs,
  hasFlag,
  isAnon,
  isLarge,
} from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { dupFileRmap, tryDupAnonRmap } from '../rmap/dup.js';
import { folioNeedsCowForDma } from '../rmap/pins.js';
import { Frame, Mm } from '../state/columns.js';
import { pteBatch } from '../tables/pte-batch.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { isCow, maybeMkwrite, mmOf, pageProtOf, vmFlagsOf } from '../vma/vma.js';
import { softDirtyEnabled } from '../vma/write-tracking.js';

/**
 * copy_present_ptes(): one entry, or those of a large folio that are alike; how many were copied, or
 * -ENOMEM, -EHWPOISON of a pinned page's copy (SPEC 7.2, 7.4).
 *
 * @param most how many may be copied
 */
export function copyPresentPtes(
  model: Model,
  dstVma: number,
  srcVma: number,
  vpn: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
  most: number,
): number {
  const frame = vmNormalPage(model, 'pte', srcVma, vpn, entry);
  if (frame === WILD_PAGE) model.bug('wild-page');
  if (frame < 0) {
    shareEntries(model, dstVma, srcVma, srcSlot, dstSlot, entry, 1);
    return 1;
  }
  const folio = folioOf(model, frame);
  const batched = most > 1 && isLarge(model, folio) && model.has('fork-batches');
  const nr = batched ? batch(model, srcVma, srcSlot, entry, frame, most) : 1;
  if (sharePages(model, dstVma, srcVma, frame, nr)) {
    const writable = nr > 1 && anyWritable(model, srcSlot, nr);
    const shared = writable ? model.pte.mkwrite(entry) : entry;
    shareEntries(model, dstVma, srcVma, srcSlot, dstSlot, shared, nr);
    return nr;
  }
  // One of the batch may be pinned: page by page.
  if (nr > 1 && sharePages(model, dstVma, srcVma, frame, 1)) {
    shareEntries(model, dstVma, srcVma, srcSlot, dstSlot, entry, 1);
    return 1;
  }
  return copyPresentPage(model, dstVma, vpn, dstSlot, entry, frame);
}

function batch(
  model: Model,
  srcVma: number,
  slot: SlotAt,
  entry: Entry,
  frame: number,
  most: number,
): number {
  return pteBatch(model, slot, entry, frame, most, {
    write: false,
    dirty: !vmFlagsOf(model, srcVma).VM_SHARED,
    softDirty: softDirtyEnabled(model, srcVma),
  });
}

function anyWritable(model: Model, slot: SlotAt, nr: number): boolean {
  for (let i = 0; i < nr; i++) {
    if (model.pte.is.write(entryIn(model, slot + i) as Entry)) return true;
  }
  return false;
}

/**
 * The child maps the pages too. False, with nothing changed, when one may be pinned: 5.18 asks that of
 * pages of files as well, and before the child's reference is there (SPEC 24.4).
 */
export function sharePages(
  model: Model,
  dstVma: number,
  srcVma: number,
  frame: number,
  nr: number,
): boolean {
  const folio = folioOf(model, frame);
  const anon = isAnon(model, folio);
  const asksFirst = !model.has('split-page-dup-rmap');
  if (asksFirst && folioNeedsCowForDma(model, srcVma, folio)) return false;
  getRefs(model, folio, nr);
  if (!anon || asksFirst) dupFileRmap(model, frame, nr, dstVma);
  else if (tryDupAnonRmap(model, frame, nr, dstVma, srcVma) !== 0) {
    putRefs(model, folio, nr);
    return false;
  }
  const counter = anon ? counterOf(model, folio, Mm) : fileCounterOf(model, folio, Mm);
  model.state.add(counter, mmOf(model, dstVma), nr);
  return true;
}

/** __copy_present_ptes(): what the child gets, with the parent's entries write-protected likewise. */
export function shareEntries(
  model: Model,
  dstVma: number,
  srcVma: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
  nr: number,
): void {
  const { is, to } = model.pte;
  let child = entry;
  if (isCow(model, srcVma) && is.write(entry)) {
    for (let i = 0; i < nr; i++) {
      setEntry(model, srcSlot + i, to.wrprotect(entryIn(model, srcSlot + i) as Entry));
    }
    child = to.wrprotect(child);
  }
  if (vmFlagsOf(model, srcVma).VM_SHARED) child = to.mkclean(child);
  child = to.mkold(child);
  if (!vmFlagsOf(model, dstVma).VM_UFFD_WP) child = to.clear_uffd_wp(child);
  setEntry(model, dstSlot, child);
  for (let i = 1; i < nr; i++) {
    child = to.next_pfn(child);
    setEntry(model, dstSlot + i, child);
  }
}

/**
 * copy_present_page(): the parent's page may be pinned and stays its own; the child gets a copy at
 * once. Where the memory under the page is broken fork fails, or stops an older kernel (SPEC 7.2).
 */
export function copyPresentPage(
  model: Model,
  dstVma: number,
  vpn: number,
  dstSlot: SlotAt,
  entry: Entry,
  frame: number,
): number {
  const { state, pte, machine } = model;
  const copy = allocFolio(model);
  if (copy < 0) return ERRNO.ENOMEM;
  if (hasFlag(model, frame, PAGE_FLAG.hwpoison)) {
    if (!model.has('fork-survives-poison')) model.bug('machine-check');
    putRefs(model, copy);
    return ERRNO.EHWPOISON;
  }
  state.set(Frame.content, copy, state.get(Frame.content, frame));
  addNewAnonRmap(model, copy, dstVma, vpn);
  lruAdd(model, copy, 'active');
  state.add(Mm.anonPages, mmOf(model, dstVma), 1);
  const fresh = pte.leaf(machine.memory.pfn(copy), pageProtOf(model, dstVma));
  const child = maybeMkwrite(model, dstVma, pte, pte.to.mkdirty(fresh));
  const keepsWp = pte.is.uffd_wp(entry) && vmFlagsOf(model, dstVma).VM_UFFD_WP;
  setEntry(model, dstSlot, keepsWp ? pte.to.mkuffd_wp(child) : child);
  return 1;
}

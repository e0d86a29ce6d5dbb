import { ERRNO, VM_FAULT } from '../errno.js';
import { isZeroFrame } from '../frames/folio.js';
import { type Entry, NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { maybeMkwrite, mmOf } from '../vma/vma.js';
import { lockedPte } from './locked-pte.js';
import { isDevmapPfn } from './pfn-flags.js';
import { refusesRawFrame } from './refuse-raw-frame.js';

/**
 * insert_pfn(): maps a frame as special, or as devmap; nothing is counted. NOPAGE; OOM without a
 * table (mm/memory.c; SPEC 3.8).
 *
 * @param pfnFlags PFN_FLAG bits, until pfn_t went
 */
export function insertPfn(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  prot: Prot,
  mkwrite: boolean,
  pfnFlags = 0,
): number {
  if (refusesRawFrame(model, vma, vpn, pfn)) return VM_FAULT.SIGBUS;
  const { pte } = model;
  const slot = lockedPte(model, mmOf(model, vma), vpn);
  if (slot < 0) return VM_FAULT.OOM;
  const old = entryIn(model, slot);
  if (old !== NONE) {
    if (mkwrite && old !== undefined) upgrade(model, vma, slot, old, pfn);
    return VM_FAULT.NOPAGE;
  }
  const leaf = pte.leaf(pfn, prot);
  const entry = isDevmapPfn(model, pfnFlags) ? pte.to.mkdevmap(leaf) : pte.to.mkspecial(leaf);
  setEntry(model, slot, mkwrite ? written(model, vma, entry) : entry);
  return VM_FAULT.NOPAGE;
}

/** A write fault on a slot in use: only the frame that is there already becomes writable. */
function upgrade(model: Model, vma: number, slot: SlotAt, old: Entry, pfn: number): void {
  if (model.has('compare-only-present') && !model.pte.is.present(old)) return;
  if (differs(model, old, pfn) === 0) setEntry(model, slot, written(model, vma, old));
}

/**
 * 0 when the entry holds the frame; -EFAULT otherwise, with a warning unless the zeropage is there,
 * which page_mkwrite handlers replace.
 */
export function differs(model: Model, old: Entry, pfn: number): number {
  const mapped = model.pte.pfn(old);
  if (mapped === pfn) return 0;
  const frame = model.machine.memory.frame(mapped);
  if (frame < 0 || !isZeroFrame(model, frame)) model.warn('pfn-mismatch');
  return ERRNO.EFAULT;
}

const written = (model: Model, vma: number, entry: Entry): Entry =>
  maybeMkwrite(model, vma, model.pte, model.pte.to.mkdirty(model.pte.to.mkyoung(entry)));

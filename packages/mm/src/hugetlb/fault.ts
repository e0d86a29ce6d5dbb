import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { folioMapcount, isAnon, isAnonExclusive, setAnonExclusive } from '../frames/folio.js';
import { putRefs } from '../frames/put.js';
import { frameOfLeaf } from '../huge/huge-entry.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { moveAnonRmap } from '../rmap/move.js';
import { entryIn, pagesOfLevel, type SlotAt, setEntry, slotMade } from '../tables/tables.js';
import { isCow, maybeMkwrite, mmOf, pageProtOf, vmFlagsOf } from '../vma/vma.js';
import { allocHugetlb, hugetlbAddNewAnonRmap, hugetlbRemoveRmap } from './rmap.js';

/**
 * Private memory of hugetlb, mapped by PMDs: what the model knows of it. Shared memory of hugetlb is
 * to it like that of any other file.
 */
export const isPrivateHugetlb = (model: Model, vma: number): boolean =>
  vmFlagsOf(model, vma).VM_HUGETLB && isCow(model, vma) && pagesOfLevel(model, 'pmd') > 0;

/** hugetlb_fault() of private memory: VM_FAULT_* bits (mm/hugetlb.c; SPEC 24.9). */
export function hugetlbFault(model: Model, vma: number, vpn: number, flags: number): number {
  const slot = slotMade(model, mmOf(model, vma), vpn, 'pmd');
  if (slot < 0) return VM_FAULT.OOM;
  const write = (flags & FAULT_FLAG.WRITE) !== 0;
  if (entryIn(model, slot) === NONE) {
    const missing = hugetlbNoPage(model, vma, vpn, slot);
    if (missing !== 0 || !write) return missing;
  }
  const entry = entryIn(model, slot) as Entry;
  // migration_entry_wait_huge(): the fault comes again.
  if (!model.pmd.is.present(entry)) return 0;
  const asks = write || (flags & FAULT_FLAG.UNSHARE) !== 0;
  if (asks && !model.pmd.is.write(entry)) return hugetlbWp(model, vma, vpn, slot, entry, !write);
  const young = model.pmd.to.mkyoung(entry);
  setEntry(model, slot, write ? model.pmd.to.mkdirty(young) : young);
  return 0;
}

/** hugetlb_no_page(): a huge page of zeros, read-only at first. */
function hugetlbNoPage(model: Model, vma: number, vpn: number, slot: SlotAt): number {
  anonVmaPrepare(model, vma);
  const folio = allocHugetlb(model);
  if (folio < 0) return VM_FAULT.SIGBUS;
  mapFolio(model, vma, vpn, slot, folio, false);
  return 0;
}

/**
 * hugetlb_wp(), hugetlb_cow() up to 5.18: a huge page that is mapped once is reused, whoever refers to
 * it (SPEC 24.9, 15.65).
 */
function hugetlbWp(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  unshare: boolean,
): number {
  const { pmd } = model;
  const old = frameOfLeaf(model, pmd, entry);
  if (isAnon(model, old) && folioMapcount(model, old) === 1) {
    moveAnonRmap(model, old, vma);
    setAnonExclusive(model, old);
    if (unshare) return 0;
    setEntry(model, slot, written(model, vma, pmd.to.mkyoung(entry)));
    return 0;
  }
  if (isAnon(model, old) && isAnonExclusive(model, old)) model.vmBug('exclusive-mapped-twice');
  anonVmaPrepare(model, vma);
  const folio = allocHugetlb(model, old);
  if (folio < 0) return VM_FAULT.SIGBUS;
  hugetlbRemoveRmap(model, old, vma);
  mapFolio(model, vma, vpn, slot, folio, !unshare);
  putRefs(model, old);
  return 0;
}

/** make_huge_pte() and its rmap: the VMA's own page from now on. */
export function mapFolio(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  folio: number,
  writable: boolean,
): void {
  const { pmd, machine } = model;
  hugetlbAddNewAnonRmap(model, folio, vma, vpn - (vpn % pagesOfLevel(model, 'pmd')));
  const leaf = pmd.to.mkyoung(pmd.leaf(machine.memory.pfn(folio), pageProtOf(model, vma)));
  setEntry(model, slot, writable ? written(model, vma, leaf) : leaf);
}

/**
 * set_huge_ptep_maybe_writable(): dirty, and writable as far as the VMA is; until FOLL_FORCE may write
 * to hugetlb, writable whatever the VMA is (set_huge_ptep_writable()).
 */
function written(model: Model, vma: number, entry: Entry): Entry {
  const { pmd } = model;
  const dirty = pmd.to.mkdirty(entry);
  return model.has('follow-write-common')
    ? maybeMkwrite(model, vma, pmd, dirty)
    : pmd.mkwrite(dirty);
}

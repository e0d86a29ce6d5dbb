import { ERRNO } from '../errno.js';
import { NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Global, Vma } from '../state/columns.js';
import { entryIn, nextAddress, setEntry } from '../tables/tables.js';
import { addVmFlags, isCow, mmOf } from '../vma/vma.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { lockedPte } from './locked-pte.js';
import { pfnModifyAllowed } from './pfn-modify-allowed.js';
import { refusesRawFrame } from './refuse-raw-frame.js';

/**
 * remap_pfn_range(): maps consecutive raw frames, special and uncounted. 0, -EINVAL for a part of a
 * CoW VMA or where cache-mode tracking refuses, -ENOMEM, -EACCES; a slot in use is a BUG
 * (mm/memory.c; SPEC 3.11, SPEC-7.2 3.18). Addresses being page numbers, none is misaligned.
 *
 * @param prot goes into the entries as it is
 */
export function remapPfnRange(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  pages: number,
  prot: Prot,
): number {
  const flagsFirst = model.has('remap-sets-flags-first');
  if (flagsFirst && !claimVma(model, vma, vpn, pages, pfn)) return ERRNO.EINVAL;
  const untracked = trackingError(model);
  if (untracked !== 0) return untracked;
  if (!flagsFirst && !claimVma(model, vma, vpn, pages, pfn)) return ERRNO.EINVAL;
  return remapTracked(model, vma, vpn, pfn, pages, prot);
}

/** remap_pfn_range_complete() of 7.2: the same for a VMA that has flags and vm_pgoff already. */
export function remapClaimed(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  pages: number,
  prot: Prot,
): number {
  const untracked = trackingError(model);
  return untracked === 0 ? remapTracked(model, vma, vpn, pfn, pages, prot) : untracked;
}

const trackingError = ({ state }: Model): number => state.get(Global.trackingError, 0);

/** remap_pfn_range_notrack(), its part that maps. */
function remapTracked(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  pages: number,
  prot: Prot,
): number {
  const end = vpn + pages;
  if (vpn >= end) model.bug('empty-range');
  const error = remapRange(model, vma, vpn, end, pfn, prot);
  if (error !== 0 && model.has('remap-cleans-up')) zapVmaRange(model, vma, vpn, end);
  return error;
}

/**
 * Makes the VMA one of raw pfns. A CoW VMA must be filled whole, so that vm_pgoff can say which frame
 * lies where and what differs must be a private copy; false for a part of one, or for any CoW VMA where
 * none may show raw frames.
 */
function claimVma(model: Model, vma: number, vpn: number, pages: number, pfn: number): boolean {
  const { state } = model;
  const end = vpn + pages;
  if (isCow(model, vma) && model.has('no-cow-pfnmap')) return false;
  if (isCow(model, vma) && !model.has('drop-linear-cow-rule')) {
    if (vpn !== state.get(Vma.start, vma) || end !== state.get(Vma.end, vma)) return false;
    state.set(Vma.pgoff, vma, pfn);
  }
  addVmFlags(model, vma, 'VM_IO', 'VM_PFNMAP', 'VM_DONTEXPAND', 'VM_DONTDUMP');
  return true;
}

/** remap_p4d_range() and below: table by table. */
function remapRange(
  model: Model,
  vma: number,
  vpn: number,
  end: number,
  pfn: number,
  prot: Prot,
): number {
  for (let at = vpn; at < end; ) {
    const next = Math.min(end, nextAddress(model, at, 1));
    const error = remapPteRange(model, vma, at, next, pfn + (at - vpn), prot);
    if (error !== 0) return error;
    at = next;
  }
  return 0;
}

/** remap_pte_range(): the part of a range that lies in one leaf table. */
export function remapPteRange(
  model: Model,
  vma: number,
  vpn: number,
  end: number,
  pfn: number,
  prot: Prot,
): number {
  const { pte } = model;
  const first = lockedPte(model, mmOf(model, vma), vpn);
  if (first < 0) return ERRNO.ENOMEM;
  for (let i = 0; i < end - vpn; i++) {
    const slot = first + i;
    if (entryIn(model, slot) !== NONE) model.bug('slot-occupied');
    if (!pfnModifyAllowed(model, pfn + i, prot)) return ERRNO.EACCES;
    if (refusesRawFrame(model, vma, vpn + i, pfn + i)) return ERRNO.EINVAL;
    setEntry(model, slot, pte.to.mkspecial(pte.leaf(pfn + i, prot)));
  }
  return 0;
}

import { ERRNO } from '../errno.js';
import { copyHugePmd, copyHugePud } from '../huge/copy-huge.js';
import { copyHugetlbPageRange } from '../hugetlb/copy.js';
import { isPrivateHugetlb } from '../hugetlb/fault.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, endOfTable, entryIn, nextAddress, slotMade } from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { mmOf } from '../vma/vma.js';
import { copyNonpresentPte } from './copy-nonpresent-pte.js';
import { copyPresentPtes } from './copy-present-pte.js';
import { turnWriteProtectSeq } from './write-protect-seq.js';

/**
 * copy_page_range(): the child's entries of one VMA. 0, or -ENOMEM. While entries of a private VMA
 * are write-protected, write_protect_seq is odd (mm/memory.c; SPEC 7).
 */
export function copyPageRange(model: Model, dstVma: number, srcVma: number): number {
  const { state } = model;
  if (isPrivateHugetlb(model, srcVma)) return copyHugetlbPageRange(model, dstVma, srcVma);
  turnWriteProtectSeq(model, srcVma);
  const [start, end] = [state.get(Vma.start, srcVma), state.get(Vma.end, srcVma)];
  const answer = copyEntries(model, dstVma, srcVma, start, end);
  turnWriteProtectSeq(model, srcVma);
  return answer;
}

/** Copies the entries of a part of a VMA, inside the section. */
export function copyEntries(
  model: Model,
  dstVma: number,
  srcVma: number,
  start: number,
  end: number,
): number {
  const src = mmOf(model, srcVma);
  let vpn = start;
  while (vpn < end) {
    const slot = deepestSlot(model, src, vpn);
    if (slot < 0) return 0;
    const number = model.reached;
    if (number === 0) {
      const stop = Math.min(end, endOfTable(model, vpn));
      if (copyTable(model, dstVma, srcVma, vpn, stop, slot) < 0) return ERRNO.ENOMEM;
      vpn = stop;
      continue;
    }
    if (!noneOrClearBad(model, slot, number)) {
      const copied = (number === 1 ? copyHugePmd : copyHugePud)(model, dstVma, srcVma, vpn);
      if (copied === ERRNO.EAGAIN) continue;
      if (copied !== 0) return ERRNO.ENOMEM;
    }
    vpn = nextAddress(model, vpn, number);
  }
  return 0;
}

/** copy_pte_range(): the part of a leaf table, for which the child has one even if it stays empty. */
function copyTable(
  model: Model,
  dstVma: number,
  srcVma: number,
  start: number,
  end: number,
  srcSlot: number,
): number {
  const dstSlot = slotMade(model, mmOf(model, dstVma), start, 'pte');
  if (dstSlot < 0) return ERRNO.ENOMEM;
  for (let vpn = start; vpn < end; ) {
    const at = vpn - start;
    const most = end - vpn;
    const copied = copyPtes(model, dstVma, srcVma, vpn, srcSlot + at, dstSlot + at, most);
    if (copied < 0) return copied;
    vpn += copied;
  }
  return 0;
}

/** One entry, or a batch: how many were copied, or an error. */
function copyPtes(
  model: Model,
  dstVma: number,
  srcVma: number,
  vpn: number,
  srcSlot: number,
  dstSlot: number,
  most: number,
): number {
  let entry = entryIn(model, srcSlot) ?? NONE;
  if (entry === NONE) return 1;
  if (!model.pte.is.present(entry)) {
    const answer = copyNonpresentPte(model, dstVma, srcVma, vpn, srcSlot, dstSlot, entry);
    if (answer !== ERRNO.ENOENT) return answer < 0 ? answer : 1;
    // A device gave the page back: the entry is a present one now.
    entry = entryIn(model, srcSlot) ?? NONE;
  }
  return copyPresentPtes(model, dstVma, srcVma, vpn, srcSlot, dstSlot, entry, most);
}

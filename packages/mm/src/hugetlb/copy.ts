import { ERRNO } from '../errno.js';
import { turnWriteProtectSeq } from '../fork/write-protect-seq.js';
import { getRefs } from '../frames/folio.js';
import { putRefs } from '../frames/put.js';
import { frameOfLeaf } from '../huge/huge-entry.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import {
  entryIn,
  pagesOfLevel,
  type SlotAt,
  setEntry,
  slotAt,
  slotMade,
} from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { mapFolio } from './fault.js';
import { allocHugetlb, hugetlbTryDupAnonRmap } from './rmap.js';

/**
 * copy_hugetlb_page_range() of private memory: 0, or -ENOMEM. 5.18 opens no section of
 * write_protect_seq for it (mm/hugetlb.c; SPEC 24.0 c2, 24.4).
 */
export function copyHugetlbPageRange(model: Model, dstVma: number, srcVma: number): number {
  const { state } = model;
  const inSequence = model.has('hugetlb-fork-in-sequence');
  if (inSequence) turnWriteProtectSeq(model, srcVma);
  const pages = pagesOfLevel(model, 'pmd');
  const end = state.get(Vma.end, srcVma);
  let answer = 0;
  for (let vpn = state.get(Vma.start, srcVma); vpn < end && answer === 0; vpn += pages) {
    const srcSlot = slotAt(model, mmOf(model, srcVma), vpn, 'pmd');
    const entry = srcSlot < 0 ? NONE : (entryIn(model, srcSlot) ?? NONE);
    if (entry !== NONE) answer = copyLeaf(model, dstVma, srcVma, vpn, srcSlot, entry);
  }
  if (inSequence) turnWriteProtectSeq(model, srcVma);
  return answer;
}

function copyLeaf(
  model: Model,
  dstVma: number,
  srcVma: number,
  vpn: number,
  srcSlot: SlotAt,
  entry: Entry,
): number {
  const { pmd } = model;
  const dstSlot = slotMade(model, mmOf(model, dstVma), vpn, 'pmd');
  if (dstSlot < 0) return ERRNO.ENOMEM;
  if (!pmd.is.present(entry)) {
    const moving = pmd.turned(entry, 'migration-read');
    setEntry(model, srcSlot, moving);
    setEntry(model, dstSlot, moving);
    return 0;
  }
  const folio = frameOfLeaf(model, pmd, entry);
  getRefs(model, folio);
  if (hugetlbTryDupAnonRmap(model, folio, dstVma, srcVma) === 0) {
    const shared = pmd.to.wrprotect(entry);
    setEntry(model, srcSlot, shared);
    setEntry(model, dstSlot, shared);
    return 0;
  }
  putRefs(model, folio);
  const copy = allocHugetlb(model, folio);
  if (copy < 0) return ERRNO.ENOMEM;
  mapFolio(model, dstVma, vpn, dstSlot, copy, true);
  return 0;
}

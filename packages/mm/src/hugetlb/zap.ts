import { putRefs } from '../frames/put.js';
import { frameOfLeaf } from '../huge/huge-entry.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, pagesOfLevel, setEntry, slotAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { hugetlbRemoveRmap } from './rmap.js';

/** __unmap_hugepage_range() of private memory: ranges are of whole huge pages (mm/hugetlb.c). */
export function unmapHugepageRange(model: Model, vma: number, start: number, end: number): void {
  const pages = pagesOfLevel(model, 'pmd');
  for (let vpn = start; vpn < end; vpn += pages) {
    const slot = slotAt(model, mmOf(model, vma), vpn, 'pmd');
    const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
    if (entry === NONE) continue;
    setEntry(model, slot, NONE);
    // One that stands for a page on the move holds nothing.
    if (!model.pmd.is.present(entry)) continue;
    const folio = frameOfLeaf(model, model.pmd, entry);
    hugetlbRemoveRmap(model, folio, vma);
    putRefs(model, folio);
  }
}

import { VM_FAULT } from '../errno.js';
import { fileCounterOf, folioOf, folioPages, hasFlag, isAnon } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { Mm, Vma } from '../state/columns.js';
import { depositTable, entryIn, pagesOfLevel, setEntry, slotMade } from '../tables/tables.js';
import type { VmFault } from '../vm-ops.js';
import { hasVmFlag, maybeMkwrite, mmOf, pageIndex, pageProtOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';

/**
 * do_set_pmd(): a folio of a file that fills a PMD is mapped by one. 0; FALLBACK where PTEs must
 * serve: nothing else fits, the folio is poisoned, or tables lie there already (mm/memory.c;
 * SPEC 6.7).
 */
export function doSetPmd(model: Model, vmf: VmFault, frame: number): number {
  const { state } = model;
  const folio = folioOf(model, frame);
  const pages = pagesOfLevel(model, 'pmd');
  if (pages === 0 || folioPages(model, folio) !== pages || isAnon(model, folio)) {
    return VM_FAULT.FALLBACK;
  }
  const { vma, vpn } = vmf;
  const first = vpn - (vpn % pages);
  if (!isSuitable(model, vma, first, pages)) return VM_FAULT.FALLBACK;
  for (let i = 0; i < pages; i++) {
    if (hasFlag(model, folio + i, PAGE_FLAG.hwpoison)) return VM_FAULT.FALLBACK;
  }
  const mm = mmOf(model, vma);
  const slot = slotMade(model, mm, vpn, 'pmd');
  if (slot < 0 || entryIn(model, slot) !== NONE) return VM_FAULT.FALLBACK;
  const { pmd } = model;
  let entry = pmd.leaf(model.machine.memory.pfn(folio), pageProtOf(model, vma));
  if ((vmf.flags & FAULT_FLAG.WRITE) !== 0) {
    entry = maybeMkwrite(model, vma, pmd, pmd.to.mkdirty(entry));
  }
  state.add(fileCounterOf(model, folio, Mm), mm, pages);
  addFileRmap(model, folio, pages, vma, 'pmd');
  if (model.machine.form.definition.supports.pgtableDeposit) depositTable(model, mm, slot);
  setEntry(model, slot, entry);
  return 0;
}

/** thp_vma_suitable_order(): address and file offset are aligned alike, and all lies in the VMA. */
function isSuitable(model: Model, vma: number, first: number, pages: number): boolean {
  const { state } = model;
  if (!model.config.TRANSPARENT_HUGEPAGE || hasVmFlag(model, vma, 'VM_NOHUGEPAGE')) return false;
  if (pageIndex(model, vma, first) % pages !== 0) return false;
  return first >= state.get(Vma.start, vma) && first + pages <= state.get(Vma.end, vma);
}

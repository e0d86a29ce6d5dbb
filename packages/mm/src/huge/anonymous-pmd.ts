import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleUserfault, watchesMissing } from '../fault/userfault.js';
import { allocFolio } from '../frames/allocate.js';
import { lruAdd } from '../frames/lru.js';
import { putRefs } from '../frames/put.js';
import { mmForbidsZeropage } from '../insert/mixed-zeropage.js';
import type { Model } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { Frame, Mm } from '../state/columns.js';
import { depositTable, pagesOfLevel, type SlotAt, setEntry } from '../tables/tables.js';
import { maybeMkwrite, mmOf, pageProtOf } from '../vma/vma.js';
import { mmGetHugeZeroFolio, setHugeZeroFolio } from './huge-zero.js';
import { leafStart } from './insert-leaf.js';
import { canAllocTable, giveBackTable } from './page-table.js';

/**
 * do_huge_pmd_anonymous_page(): the huge zero folio for a read, a folio of zeros for a write. 0;
 * FALLBACK when there is no such folio to be had; OOM without a table (mm/huge_memory.c; SPEC 10.2).
 * The slot must be empty.
 */
export function doHugePmdAnonymousPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  flags: number,
): number {
  anonVmaPrepare(model, vma);
  const mm = mmOf(model, vma);
  const zero = (flags & FAULT_FLAG.WRITE) === 0 && !mmForbidsZeropage(model, mm);
  if (zero && !canAllocTable(model)) return VM_FAULT.OOM;
  const folio = zero ? mmGetHugeZeroFolio(model, mm) : allocZeros(model);
  if (folio < 0) {
    if (zero) giveBackTable(model);
    return VM_FAULT.FALLBACK;
  }
  if (!zero && !canAllocTable(model)) {
    putRefs(model, folio);
    return VM_FAULT.OOM;
  }
  if (watchesMissing(model, vma)) {
    if (!zero) putRefs(model, folio);
    giveBackTable(model);
    return handleUserfault(model, 'missing');
  }
  if (zero) setHugeZeroFolio(model, vma, slot, folio);
  else {
    depositTable(model, mm, slot);
    mapAnonFolioPmd(model, vma, leafStart(model, 'pmd', vpn), slot, folio);
  }
  return 0;
}

/** A folio of zeros that fills a PMD; -1 without memory. */
export function allocZeros(model: Model): number {
  const pages = pagesOfLevel(model, 'pmd');
  const folio = allocFolio(model, Math.log2(pages));
  if (folio < 0) return -1;
  for (let i = 0; i < pages; i++) model.state.set(Frame.content, folio + i, 0);
  return folio;
}

/**
 * map_anon_folio_pmd(): a new folio, its process's own. A table must be deposited.
 *
 * @param first address of its first page
 */
export function mapAnonFolioPmd(
  model: Model,
  vma: number,
  first: number,
  slot: SlotAt,
  folio: number,
): void {
  const { pmd, machine, state } = model;
  const leaf = pmd.leaf(machine.memory.pfn(folio), pageProtOf(model, vma));
  addNewAnonRmap(model, folio, vma, first);
  lruAdd(model, folio, 'inactive');
  setEntry(model, slot, maybeMkwrite(model, vma, pmd, pmd.to.mkdirty(leaf)));
  state.add(Mm.anonPages, mmOf(model, vma), pagesOfLevel(model, 'pmd'));
}

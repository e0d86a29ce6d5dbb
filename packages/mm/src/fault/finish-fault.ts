import { VM_FAULT } from '../errno.js';
import { fileCounterOf, folioOf, hasFlag } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { hugeLeafAt } from '../insert/locked-pte.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { Mm } from '../state/columns.js';
import { entryIn, setEntry, slotMade } from '../tables/tables.js';
import type { VmFault } from '../vm-ops.js';
import { maybeMkwrite, mmOf, vmFlagsOf } from '../vma/vma.js';
import { newEntry } from './anonymous.js';
import { FAULT_FLAG } from './flags.js';
import { doSetPmd } from './set-pmd.js';
import { wasWatched } from './userfault.js';

/**
 * finish_fault(): maps the page that a handler supplied, or the private copy of it. 0; NOPAGE when
 * something lies there by now; OOM without a table (mm/memory.c; SPEC 6.7). The page's reference
 * becomes the mapping's.
 */
export function finishFault(model: Model, vmf: VmFault): number {
  const { state } = model;
  const { vma, vpn } = vmf;
  const mm = mmOf(model, vma);
  const isCopy = (vmf.flags & FAULT_FLAG.WRITE) !== 0 && !vmFlagsOf(model, vma).VM_SHARED;
  const frame = isCopy ? vmf.cowPage : vmf.page;
  const folio = folioOf(model, frame);
  const byPmd = doSetPmd(model, vmf, frame);
  if (byPmd !== VM_FAULT.FALLBACK) return byPmd;
  const slot = slotMade(model, mm, vpn, 'pte');
  if (slot < 0) return hugeLeafAt(model, mm, vpn) ? VM_FAULT.NOPAGE : VM_FAULT.OOM;
  if (entryIn(model, slot) !== vmf.orig) return VM_FAULT.NOPAGE;
  setEntry(model, slot, entryOf(model, vmf, frame, folio));
  if (isCopy) {
    addNewAnonRmap(model, folio, vma, vpn);
    lruAdd(model, folio, 'inactive');
  } else addFileRmap(model, frame, 1, vma);
  state.add(isCopy ? Mm.anonPages : fileCounterOf(model, folio, Mm), mm, 1);
  return 0;
}

/** The entry that set_pte_range() makes. */
function entryOf(model: Model, vmf: VmFault, frame: number, folio: number): Entry {
  const { pte } = model;
  let entry = newEntry(model, vmf.vma, frame);
  if ((vmf.flags & FAULT_FLAG.WRITE) !== 0) {
    entry = maybeMkwrite(model, vmf.vma, pte, pte.to.mkdirty(entry));
  } else if (
    model.has('dirty-folio-mapped-dirty') &&
    pte.is.write(entry) &&
    hasFlag(model, folio, PAGE_FLAG.dirty)
  ) {
    entry = pte.to.mkdirty(entry);
  }
  return wasWatched(model, vmf.orig) ? pte.to.mkuffd_wp(entry) : entry;
}

import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { vmFlagsOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';
import { doPteMissing } from './missing.js';
import { doSwapPage } from './non-present.js';
import { doNumaPage } from './numa.js';
import { doWpPage } from './wp.js';

/** handle_pte_fault(), with the slot of the address, -1 without a table (mm/memory.c; SPEC 6.2). */
export function handlePteFault(
  model: Model,
  vma: number,
  vpn: number,
  flags: number,
  slot: SlotAt,
): number {
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE) return doPteMissing(model, vma, vpn, NONE, flags);
  const { is, to } = model.pte;
  if (!is.present(entry)) return doSwapPage(model, vma, vpn, slot, entry, flags);
  if (is.protnone(entry) && isAccessible(model, vma)) {
    return doNumaPage(model, vma, vpn, slot, entry);
  }
  let young = to.mkyoung(entry);
  if ((flags & (FAULT_FLAG.WRITE | FAULT_FLAG.UNSHARE)) !== 0) {
    if (!is.write(entry)) return doWpPage(model, vma, vpn, slot, entry, flags);
    if ((flags & FAULT_FLAG.WRITE) !== 0) young = to.mkdirty(young);
  }
  setEntry(model, slot, young);
  return 0;
}

/** vma_is_accessible(). */
export const isAccessible = (model: Model, vma: number): boolean =>
  vmFlagsOf(model, vma).VM_READ || vmFlagsOf(model, vma).VM_WRITE || vmFlagsOf(model, vma).VM_EXEC;

import { VM_FAULT } from '../errno.js';
import { createHuge, hugeLeafFault } from '../huge/fault.js';
import { hugetlbFault, isPrivateHugetlb } from '../hugetlb/fault.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, entryIn, slotAt } from '../tables/tables.js';
import { isCow, mmOf, vmFlagsOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';
import { handlePteFault } from './handle-pte-fault.js';

/**
 * handle_mm_fault(): what an access, or GUP on somebody's behalf, needs. VM_FAULT_* bits, 0 when the
 * entry serves the access now or a retry will tell (mm/memory.c; SPEC 6).
 */
export function handleMmFault(model: Model, vma: number, vpn: number, flags: number): number {
  let asked = flags;
  // A bit that nobody looks at, where the flag does not exist.
  if ((flags & FAULT_FLAG.UNSHARE) !== 0 && !model.has('unshare-fault')) {
    asked &= ~FAULT_FLAG.UNSHARE;
  }
  if ((asked & FAULT_FLAG.UNSHARE) !== 0) {
    if ((asked & FAULT_FLAG.WRITE) !== 0) {
      model.warn('unshare-and-write');
      return VM_FAULT.SIGSEGV;
    }
    if (!isCow(model, vma)) asked &= ~FAULT_FLAG.UNSHARE;
  } else if ((flags & FAULT_FLAG.WRITE) !== 0 && !mayWrite(model, vma)) return VM_FAULT.SIGSEGV;
  // arch_vma_access_permitted(): a protection key, say, forbids it.
  if (model.state.get(Vma.accessDenied, vma) !== 0) return VM_FAULT.SIGSEGV;
  if (isPrivateHugetlb(model, vma)) return hugetlbFault(model, vma, vpn, asked);
  const created = createHuge(model, vma, vpn, asked);
  if (created !== VM_FAULT.FALLBACK) return created;
  const slot = deepestSlot(model, mmOf(model, vma), vpn);
  if (slot >= 0 && model.reached === 0) return handlePteFault(model, vma, vpn, asked, slot);
  if (slot >= 0 && entryIn(model, slot) !== NONE) {
    const huge = hugeLeafFault(model, vma, vpn, slot, asked);
    if (huge !== VM_FAULT.FALLBACK) return huge;
  }
  return handlePteFault(model, vma, vpn, asked, slotAt(model, mmOf(model, vma), vpn, 'pte'));
}

/** sanitize_fault_flags(): writes that no VMA flag allows, FOLL_FORCE included (SPEC 6.1). */
function mayWrite(model: Model, vma: number): boolean {
  const allowed = vmFlagsOf(model, vma).VM_MAYWRITE;
  if (allowed && (vmFlagsOf(model, vma).VM_WRITE || isCow(model, vma))) return true;
  model.warn(allowed ? 'write-fault-not-cow' : 'write-fault-without-maywrite');
  return false;
}

import { VM_FAULT } from '../errno.js';
import type { Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { contains, hasVmFlag, isCow, pageProtOf } from '../vma/vma.js';
import { insertPfn } from './insert-pfn.js';
import { pfnModifyAllowed } from './pfn-modify-allowed.js';

/** vmf_insert_pfn(): with the VMA's own protection (mm/memory.c; SPEC 3.9). */
export const vmfInsertPfn = (model: Model, vma: number, vpn: number, pfn: number): number =>
  vmfInsertPfnProt(model, vma, vpn, pfn, pageProtOf(model, vma));

/**
 * vmf_insert_pfn_prot(): a driver maps a raw frame on a fault. NOPAGE, SIGBUS, OOM; a VMA of the
 * wrong kind is a BUG (mm/memory.c; SPEC 3.9).
 */
export function vmfInsertPfnProt(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  prot: Prot,
): number {
  const pfnmap = hasVmFlag(model, vma, 'VM_PFNMAP');
  const mixedmap = hasVmFlag(model, vma, 'VM_MIXEDMAP');
  if (!pfnmap && !mixedmap) model.bug('neither-pfnmap-nor-mixedmap');
  if (pfnmap && mixedmap) model.bug('both-pfnmap-and-mixedmap');
  if (pfnmap && isCow(model, vma) && !model.has('drop-linear-cow-rule')) model.bug('pfnmap-cow');
  if (mixedmap && model.machine.memory.frame(pfn) >= 0) model.bug('mixedmap-with-memmap');
  if (!contains(model, vma, vpn)) return VM_FAULT.SIGBUS;
  if (!pfnModifyAllowed(model, pfn, prot)) return VM_FAULT.SIGBUS;
  return insertPfn(model, vma, vpn, pfn, prot, false);
}

import { VM_FAULT } from '../errno.js';
import { isZeroFrame } from '../frames/folio.js';
import type { Model } from '../model.js';
import { contains, hasVmFlag, pageProtOf } from '../vma/vma.js';
import { insertPage } from './insert-page.js';
import { insertPfn } from './insert-pfn.js';
import { insertedFault } from './inserted-fault.js';
import { vmMixedZeropageAllowed } from './mixed-zeropage.js';
import { isDevmapPfn, isSpecialPfn } from './pfn-flags.js';
import { pfnModifyAllowed } from './pfn-modify-allowed.js';

/** vmf_insert_mixed() (SPEC 3.10). */
export const vmfInsertMixed = (
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  pfnFlags = 0,
): number => insertMixed(model, vma, vpn, pfn, false, pfnFlags);

/** vmf_insert_mixed_mkwrite() (SPEC 3.10). */
export const vmfInsertMixedMkwrite = (
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  pfnFlags = 0,
): number => insertMixed(model, vma, vpn, pfn, true, pfnFlags);

/**
 * __vm_insert_mixed(): a frame that may have a struct page. Where there is no special bit such a
 * page is inserted and counted; elsewhere it is mapped like any raw frame. NOPAGE, SIGBUS, OOM
 * (mm/memory.c; SPEC 3.10).
 *
 * @param pfnFlags PFN_FLAG bits, until pfn_t went
 */
export function insertMixed(
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  mkwrite: boolean,
  pfnFlags = 0,
): number {
  const prot = pageProtOf(model, vma);
  if (!mixedOk(model, vma, pfn, mkwrite, pfnFlags)) {
    if (!model.has('zeropage-support')) model.bug('mixed-not-ok');
    return VM_FAULT.SIGBUS;
  }
  if (!contains(model, vma, vpn)) return VM_FAULT.SIGBUS;
  if (!pfnModifyAllowed(model, pfn, prot)) return VM_FAULT.SIGBUS;
  const frame = model.machine.memory.frame(pfn);
  const counted = !model.config.ARCH_HAS_PTE_SPECIAL && !isDevmapPfn(model, pfnFlags);
  if (!counted || frame < 0) return insertPfn(model, vma, vpn, pfn, prot, mkwrite, pfnFlags);
  return insertedFault(insertPage(model, vma, vpn, frame, prot, mkwrite));
}

/** vm_mixed_ok(): the VMA may hold the frame. */
function mixedOk(
  model: Model,
  vma: number,
  pfn: number,
  mkwrite: boolean,
  pfnFlags: number,
): boolean {
  const frame = model.machine.memory.frame(pfn);
  const zero = frame >= 0 && isZeroFrame(model, frame);
  if (zero && model.has('zeropage-support')) {
    if (mkwrite || !vmMixedZeropageAllowed(model, vma)) return false;
  }
  if (hasVmFlag(model, vma, 'VM_MIXEDMAP')) return true;
  return isDevmapPfn(model, pfnFlags) || isSpecialPfn(model, pfnFlags) || zero;
}

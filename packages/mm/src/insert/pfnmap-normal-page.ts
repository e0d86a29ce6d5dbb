import { folioOf, isAnon, isSlab } from '../frames/folio.js';
import type { Model } from '../model.js';
import { fitsVma } from '../rmap/page-address.js';
import { hasVmFlag, isCow } from '../vma/vma.js';

/**
 * vm_pfnmap_normal_page_pfn() of the RFC: the frame of a private copy in a CoW PFNMAP VMA, or -1.
 * Where the special bit exists nobody needs to guess: always -1 (SPEC 2.11).
 */
export function pfnmapNormalPage(model: Model, vma: number, vpn: number, pfn: number): number {
  if (model.kernel.hasSpecial('pte')) return -1;
  if (!hasVmFlag(model, vma, 'VM_PFNMAP')) model.vmWarn('not-pfnmap');
  if (!isCow(model, vma)) return -1;
  const frame = model.machine.memory.frame(pfn);
  if (frame < 0) return -1;
  const folio = folioOf(model, frame);
  if (isSlab(model, folio) || !isAnon(model, folio)) return -1;
  return fitsVma(model, vma, vpn, frame) ? frame : -1;
}

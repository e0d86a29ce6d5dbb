import type { Model } from '../model.js';
import { hasVmFlag, isCow } from '../vma/vma.js';
import { pfnmapNormalPage } from './pfnmap-normal-page.js';

/**
 * Whether a raw frame may not be put into a VM_PFNMAP VMA. The RFC refuses a frame that lookups would
 * take for a private copy later (SPEC 2.11); its review wondered whether to leave that check out, or
 * to have no private VM_PFNMAP mappings at all.
 */
export function refusesRawFrame(model: Model, vma: number, vpn: number, pfn: number): boolean {
  if (!hasVmFlag(model, vma, 'VM_PFNMAP')) return false;
  if (model.has('no-cow-pfnmap') && isCow(model, vma)) return true;
  if (!model.has('drop-linear-cow-rule')) return false;
  return (
    !model.has('no-anonymous-check-at-insertion') && pfnmapNormalPage(model, vma, vpn, pfn) >= 0
  );
}

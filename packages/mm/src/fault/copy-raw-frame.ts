import type { Model } from '../model.js';
import { hasVmFlag } from '../vma/vma.js';

/**
 * Whether a write to a raw frame of a private VM_PFNMAP VMA gets a copy. Every kernel does that; the
 * RFC's review wondered whether it should fail without a special bit, by which alone a copy can be
 * told from a raw frame with certainty (SPEC 2.11).
 */
export const mayCopyRawFrame = (model: Model, vma: number): boolean =>
  !model.has('cow-fault-needs-special') ||
  model.kernel.hasSpecial('pte') ||
  !hasVmFlag(model, vma, 'VM_PFNMAP');

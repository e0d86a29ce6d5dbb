import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { hasVmFlag } from '../vma/vma.js';

/** vma_needs_copy(): what the child cannot simply fault in again (SPEC 7.1, 24.4, SPEC-7.2 7.8). */
export function vmaNeedsCopy(model: Model, dstVma: number, srcVma: number): boolean {
  const { state } = model;
  const asked = model.has('fork-by-destination-flags') ? dstVma : srcVma;
  if (model.has('fork-copies-watched-vmas') && hasVmFlag(model, dstVma, 'VM_UFFD_WP')) return true;
  if (hasVmFlag(model, asked, 'VM_PFNMAP') || hasVmFlag(model, asked, 'VM_MIXEDMAP')) return true;
  if (asked === dstVma && hasVmFlag(model, dstVma, 'VM_MAYBE_GUARD')) return true;
  return state.ref(Vma.anonVma, srcVma) >= 0;
}

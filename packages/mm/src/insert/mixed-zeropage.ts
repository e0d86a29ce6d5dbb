import { MM_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { vmaIsFsdax } from '../vma/special-huge.js';
import { hasVmFlag, isCow, mmOf, opsOf } from '../vma/vma.js';

/** mm_forbids_zeropage(): the address space may not map the shared zeropage (s390x; SPEC 3.2). */
export const mmForbidsZeropage = ({ state }: Model, mm: number): boolean =>
  (state.get(Mm.flags, mm) & MM_FLAG.forbidsZeropage) !== 0;

/** vm_mixed_zeropage_allowed() (SPEC 3.2). */
export function vmMixedZeropageAllowed(model: Model, vma: number): boolean {
  if (hasVmFlag(model, vma, 'VM_PFNMAP')) model.vmWarn('pfnmap-vma');
  if (mmForbidsZeropage(model, mmOf(model, vma))) return false;
  if (isCow(model, vma)) return true;
  if (!hasVmFlag(model, vma, 'VM_WRITE') && !hasVmFlag(model, vma, 'VM_MAYWRITE')) {
    return model.has('zeropage-in-readonly-vma');
  }
  // A pin that pfn_mkwrite() cannot see must be impossible: fsdax and VM_IO refuse long ones.
  return (
    opsOf(model, vma)?.pfnMkwrite !== undefined &&
    (vmaIsFsdax(model, vma) || hasVmFlag(model, vma, 'VM_IO'))
  );
}

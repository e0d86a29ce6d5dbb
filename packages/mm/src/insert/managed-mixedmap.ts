import { MMAP_LOCK } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { addVmFlags, hasVmFlag, mmOf } from '../vma/vma.js';

/**
 * What inserting pages first does to a VMA: it becomes VM_MIXEDMAP, which takes the mmap lock for
 * writing, and none of raw pfns may (mm/memory.c; SPEC 3.4, SPEC-7.2 3.18).
 *
 * @param onlyWarns a broken rule is warned of and the VMA changed all the same, as
 * vm_insert_pages() does from 7.2 on
 */
export function makeMixedmap(model: Model, vma: number, onlyWarns: boolean): void {
  if (hasVmFlag(model, vma, 'VM_MIXEDMAP')) return;
  const complain = (id: string): void => (onlyWarns ? model.vmWarn(id) : model.bug(id));
  if (model.state.get(Mm.mmapLock, mmOf(model, vma)) !== MMAP_LOCK.write) {
    complain('mmap-lock-not-write-held');
  }
  if (hasVmFlag(model, vma, 'VM_PFNMAP')) complain('pfnmap-vma');
  addVmFlags(model, vma, 'VM_MIXEDMAP');
}

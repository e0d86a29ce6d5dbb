import { fileOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { hasVmFlag, opsOf } from './vma.js';

/** vma_is_shared_writable(): writes reach whatever is shared. */
const isSharedWritable = (model: Model, vma: number): boolean =>
  hasVmFlag(model, vma, 'VM_WRITE') && hasVmFlag(model, vma, 'VM_SHARED');

/** vm_ops_needs_writenotify(): the driver wants to be asked before pages become writable. */
function hasMkwrite(model: Model, vma: number): boolean {
  const ops = opsOf(model, vma);
  return ops?.pageMkwrite !== undefined || ops?.pfnMkwrite !== undefined;
}

/** vma_fs_can_writeback(). */
const canWriteback = (model: Model, vma: number): boolean =>
  !hasVmFlag(model, vma, 'VM_PFNMAP') && fileOf(model, vma)?.writeback === true;

/** vma_soft_dirty_enabled(): soft-dirty is tracked, and not of the VMA as a whole. */
export function softDirtyEnabled(model: Model, vma: number): boolean {
  if (!model.config.MEM_SOFT_DIRTY) return false;
  return !hasVmFlag(model, vma, 'VM_SOFTDIRTY');
}

/** vma_needs_dirty_tracking() (SPEC 1.6). */
export const vmaNeedsDirtyTracking = (model: Model, vma: number): boolean =>
  isSharedWritable(model, vma) && (hasMkwrite(model, vma) || canWriteback(model, vma));

/**
 * vma_wants_writenotify(): vm_page_prot must lack the write bit, so that writes fault (SPEC 1.6).
 *
 * @param protDiffers a driver set protections that the flags would not give
 */
export function vmaWantsWritenotify(model: Model, vma: number, protDiffers: boolean): boolean {
  if (!isSharedWritable(model, vma)) return false;
  if (hasMkwrite(model, vma)) return true;
  if (protDiffers) return false;
  if (softDirtyEnabled(model, vma) && !hasVmFlag(model, vma, 'VM_HUGETLB')) {
    return true;
  }
  return hasVmFlag(model, vma, 'VM_UFFD_WP') || canWriteback(model, vma);
}

/** vma_wants_manual_pte_write_upgrade(): mprotect and NUMA faults may restore the write bit (SPEC 1.6). */
export function vmaWantsManualPteWriteUpgrade(
  model: Model,
  vma: number,
  protDiffers = false,
): boolean {
  if (hasVmFlag(model, vma, 'VM_SHARED')) return vmaWantsWritenotify(model, vma, protDiffers);
  return hasVmFlag(model, vma, 'VM_WRITE');
}

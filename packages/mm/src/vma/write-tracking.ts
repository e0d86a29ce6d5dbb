import { fileOf } from '../files/file-kinds.js';
import type { Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { vmGetPageProt } from './page-prot-of-flags.js';
import { opsOf, vmFlagsOf } from './vma.js';

/** vma_is_shared_writable(): writes reach whatever is shared. */
const isSharedWritable = (model: Model, vma: number): boolean =>
  vmFlagsOf(model, vma).VM_WRITE && vmFlagsOf(model, vma).VM_SHARED;

/** vm_ops_needs_writenotify(): the driver wants to be asked before pages become writable. */
function hasMkwrite(model: Model, vma: number): boolean {
  const ops = opsOf(model, vma);
  return ops?.pageMkwrite !== undefined || ops?.pfnMkwrite !== undefined;
}

/** vma_fs_can_writeback(). */
const canWriteback = (model: Model, vma: number): boolean =>
  !vmFlagsOf(model, vma).VM_PFNMAP && fileOf(model, vma)?.writeback === true;

/** vma_soft_dirty_enabled(): soft-dirty is tracked, and not of the VMA as a whole. */
export function softDirtyEnabled(model: Model, vma: number): boolean {
  const { config, machine } = model;
  if (!config.MEM_SOFT_DIRTY || !machine.form.definition.supports.softDirty) return false;
  return !vmFlagsOf(model, vma).VM_SOFTDIRTY;
}

/** vma_needs_dirty_tracking() (SPEC 1.6). */
export const vmaNeedsDirtyTracking = (model: Model, vma: number): boolean =>
  isSharedWritable(model, vma) && (hasMkwrite(model, vma) || canWriteback(model, vma));

/**
 * vma_wants_writenotify(): the protection must lack the write bit, so that writes fault (SPEC 1.6).
 *
 * @param prot the protection that is asked about; one that a driver made is not touched
 */
export function vmaWantsWritenotify(model: Model, vma: number, prot: Prot): boolean {
  if (!isSharedWritable(model, vma)) return false;
  if (hasMkwrite(model, vma)) return true;
  const { state, machine } = model;
  const given = machine.flagSets.value(state.get(Vma.flags, vma));
  if (prot !== vmGetPageProt(machine, given)) return false;
  if (softDirtyEnabled(model, vma) && !vmFlagsOf(model, vma).VM_HUGETLB) {
    return true;
  }
  return vmFlagsOf(model, vma).VM_UFFD_WP || canWriteback(model, vma);
}

/**
 * vma_wants_manual_pte_write_upgrade(): mprotect and NUMA faults may restore the write bit
 * (SPEC 1.6). Asks vm_page_prot as it stands.
 */
export function vmaWantsManualPteWriteUpgrade(model: Model, vma: number): boolean {
  if (!vmFlagsOf(model, vma).VM_SHARED) return vmFlagsOf(model, vma).VM_WRITE;
  return vmaWantsWritenotify(model, vma, model.state.get(Vma.pageProt, vma));
}

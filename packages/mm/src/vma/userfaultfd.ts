import { ERRNO } from '../errno.js';
import { fileOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { changeProtection } from '../mprotect/change-protection.js';
import { MM_CP } from '../mprotect/flags.js';
import { Vma } from '../state/columns.js';
import { modifyFlags } from './modify.js';
import { setPageProt } from './page-prot.js';
import { vmGetPageProt } from './page-prot-of-flags.js';
import { cutsHugePage, vmasTouching } from './split.js';
import { hasVmFlag, pageProtOf, vmaIsAnonymous } from './vma.js';
import { vmaWantsManualPteWriteUpgrade } from './write-tracking.js';

/**
 * UFFDIO_REGISTER for write protection: 0; -EINVAL for an empty range and for memory that is neither
 * anonymous nor, since there are markers, shmem; -EPERM where nobody may ever write (fs/userfaultfd.c).
 */
export function uffdRegisterWp(model: Model, mm: number, start: number, pages: number): number {
  const { state, machine } = model;
  const end = start + pages;
  const vmas = vmasTouching(model, mm, start, end);
  if (vmas.length === 0 || !machine.form.definition.supports.uffdWp) return ERRNO.EINVAL;
  for (const vma of vmas) {
    if (!vmaIsAnonymous(model, vma) && !canMark(model, vma)) return ERRNO.EINVAL;
    if (!hasVmFlag(model, vma, 'VM_MAYWRITE')) return ERRNO.EPERM;
    if (cutsHugePage(model, vma, start) || cutsHugePage(model, vma, end)) return ERRNO.EINVAL;
  }
  for (const vma of vmas) {
    const first = Math.max(start, state.get(Vma.start, vma));
    const stop = Math.min(end, state.get(Vma.end, vma));
    const old = machine.flagSets.value(state.get(Vma.flags, vma));
    const flags = old | machine.flagSets.mask('VM_UFFD_WP');
    setPageProt(model, modifyFlags(model, vma, first, stop, flags));
  }
  return 0;
}

/**
 * UFFDIO_WRITEPROTECT: a range is protected, or the protection is taken back; 0, -ENOENT where a VMA
 * is not registered (mwriteprotect_range(), mm/userfaultfd.c; SPEC 8.1).
 */
export function uffdWriteProtect(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  protect: boolean,
): number {
  const { state } = model;
  const end = start + pages;
  const vmas = vmasTouching(model, mm, start, end);
  if (vmas.length === 0) return ERRNO.ENOENT;
  for (const vma of vmas) {
    if (!hasVmFlag(model, vma, 'VM_UFFD_WP')) return ERRNO.ENOENT;
    const first = Math.max(start, state.get(Vma.start, vma));
    const stop = Math.min(end, state.get(Vma.end, vma));
    const changed = protectPart(model, vma, first, stop, protect);
    if (changed < 0) return changed;
  }
  return 0;
}

/** uffd_wp_range(); before manual upgrades the protection was made of the flags of the VMA. */
function protectPart(
  model: Model,
  vma: number,
  start: number,
  end: number,
  protect: boolean,
): number {
  const { state, machine } = model;
  const upgrades = model.has('manual-write-upgrade');
  let cp: number = protect ? MM_CP.UFFD_WP : MM_CP.UFFD_WP_RESOLVE;
  if (!protect && upgrades && vmaWantsManualPteWriteUpgrade(model, vma)) {
    cp |= MM_CP.TRY_CHANGE_WRITABLE;
  }
  const flags = machine.flagSets.value(state.get(Vma.flags, vma));
  const fromFlags = protect ? flags & ~machine.flagSets.mask('VM_WRITE') : flags;
  const prot = upgrades ? pageProtOf(model, vma) : vmGetPageProt(machine, fromFlags);
  return changeProtection(model, vma, start, end, prot, cp);
}

/** Entries of shmem come and go with the page cache: markers keep the protection. */
const canMark = (model: Model, vma: number): boolean =>
  model.has('pte-markers') && fileOf(model, vma)?.shmem === true;

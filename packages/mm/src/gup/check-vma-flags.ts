import { ERRNO } from '../errno.js';
import { fileOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { isCow, vmaIsAnonymous, vmFlagsOf } from '../vma/vma.js';
import { vmaNeedsDirtyTracking } from '../vma/write-tracking.js';
import { FOLL } from './flags.js';

/** check_vma_flags(): 0, -EFAULT or -EOPNOTSUPP, asked once a VMA (mm/gup.c; SPEC 5.2, 22.6). */
export function checkVmaFlags(model: Model, vma: number, flags: number): number {
  if (vmFlagsOf(model, vma).VM_IO || vmFlagsOf(model, vma).VM_PFNMAP) return ERRNO.EFAULT;
  const anonymous = vmaIsAnonymous(model, vma);
  if ((flags & FOLL.ANON) !== 0 && !anonymous) return ERRNO.EFAULT;
  const file = fileOf(model, vma);
  const fsdax = model.config.FS_DAX && file?.dax === true && file.character !== true;
  if ((flags & FOLL.LONGTERM) !== 0 && fsdax) return ERRNO.EOPNOTSUPP;
  const hugetlb = vmFlagsOf(model, vma).VM_HUGETLB;
  if ((flags & FOLL.SPLIT_PMD) !== 0 && hugetlb && model.has('gup-refuses-hugetlb-split')) {
    return ERRNO.EOPNOTSUPP;
  }
  if (model.config.SECRETMEM && file?.secretmem === true) return ERRNO.EFAULT;
  const failed =
    (flags & FOLL.WRITE) !== 0
      ? checkWrite(model, vma, flags, anonymous, hugetlb)
      : checkRead(model, vma, flags);
  if (failed !== 0) return failed;
  return model.state.get(Vma.accessDenied, vma) !== 0 ? ERRNO.EFAULT : 0;
}

function checkWrite(
  model: Model,
  vma: number,
  flags: number,
  anonymous: boolean,
  hugetlb: boolean,
): number {
  const checksFile = model.has('file-write-pin-refused') && !anonymous;
  if (checksFile && !writableFileMappingAllowed(model, vma, flags)) return ERRNO.EFAULT;
  const shadow = model.has('shadow-stack-vma') && vmFlagsOf(model, vma).VM_SHADOW_STACK;
  if (vmFlagsOf(model, vma).VM_WRITE && !shadow) return 0;
  if ((flags & FOLL.FORCE) === 0) return ERRNO.EFAULT;
  if (hugetlb && refusesHugetlbForce(model)) return ERRNO.EFAULT;
  return isCow(model, vma) ? 0 : ERRNO.EFAULT;
}

/** From 6.1 to 6.12. */
const refusesHugetlbForce = (model: Model): boolean =>
  model.has('gup-refuses-hugetlb-force') && !model.has('follow-write-common');

function checkRead(model: Model, vma: number, flags: number): number {
  if (vmFlagsOf(model, vma).VM_READ) return 0;
  if ((flags & FOLL.FORCE) === 0) return ERRNO.EFAULT;
  return vmFlagsOf(model, vma).VM_MAYREAD ? 0 : ERRNO.EFAULT;
}

/** writable_file_mapping_allowed(): a long pin could write behind the file system's back. */
export function writableFileMappingAllowed(model: Model, vma: number, flags: number): boolean {
  const longPin = FOLL.PIN | FOLL.LONGTERM;
  return (flags & longPin) !== longPin || !vmaNeedsDirtyTracking(model, vma);
}

import { ERRNO } from '../errno.js';
import { folioOf, refcount } from '../frames/folio.js';
import { MMAP_LOCK } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { addVmFlags, contains, hasVmFlag, mmOf, pageProtOf } from '../vma/vma.js';
import { insertPage } from './insert-page.js';

/**
 * vm_insert_page(): maps a page of a driver, counted as a file's. 0, -EFAULT outside of the VMA, and
 * the answers of `insertPage` (mm/memory.c; SPEC 3.4).
 */
export function vmInsertPage(model: Model, vma: number, vpn: number, frame: number): number {
  if (!contains(model, vma, vpn)) return ERRNO.EFAULT;
  const counted = model.has('page-count-in-validation');
  if (!counted && refcount(model, folioOf(model, frame)) === 0) return ERRNO.EINVAL;
  if (!hasVmFlag(model, vma, 'VM_MIXEDMAP')) {
    if (model.state.get(Mm.mmapLock, mmOf(model, vma)) !== MMAP_LOCK.write) {
      model.bug('mmap-lock-not-write-held');
    }
    if (hasVmFlag(model, vma, 'VM_PFNMAP')) model.bug('pfnmap-vma');
    addVmFlags(model, vma, 'VM_MIXEDMAP');
  }
  return insertPage(model, vma, vpn, frame, pageProtOf(model, vma), false);
}

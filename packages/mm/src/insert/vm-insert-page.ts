import { ERRNO } from '../errno.js';
import { folioOf, refcount } from '../frames/folio.js';
import type { Model } from '../model.js';
import { contains, pageProtOf } from '../vma/vma.js';
import { insertPage } from './insert-page.js';
import { makeMixedmap } from './managed-mixedmap.js';

/**
 * vm_insert_page(): maps a page of a driver, counted as a file's. 0, -EFAULT outside of the VMA, and
 * the answers of `insertPage` (mm/memory.c; SPEC 3.4).
 */
export function vmInsertPage(model: Model, vma: number, vpn: number, frame: number): number {
  if (!contains(model, vma, vpn)) return ERRNO.EFAULT;
  const counted = model.has('page-count-in-validation');
  if (!counted && refcount(model, folioOf(model, frame)) === 0) return ERRNO.EINVAL;
  makeMixedmap(model, vma, false);
  return insertPage(model, vma, vpn, frame, pageProtOf(model, vma), false);
}

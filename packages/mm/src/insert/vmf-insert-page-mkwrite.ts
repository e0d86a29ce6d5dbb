import { VM_FAULT } from '../errno.js';
import type { Model } from '../model.js';
import { contains, pageProtOf } from '../vma/vma.js';
import { insertPage } from './insert-page.js';
import { insertedFault } from './inserted-fault.js';

/**
 * vmf_insert_page_mkwrite(): a page of a file or a DAX device, mapped and counted on a fault,
 * writable at once for a write. NOPAGE, SIGBUS, OOM (mm/memory.c; SPEC 3.7).
 */
export function vmfInsertPageMkwrite(
  model: Model,
  vma: number,
  vpn: number,
  frame: number,
  write: boolean,
): number {
  if (!contains(model, vma, vpn)) return VM_FAULT.SIGBUS;
  return insertedFault(insertPage(model, vma, vpn, frame, pageProtOf(model, vma), write));
}

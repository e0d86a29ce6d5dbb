import { VM_FAULT } from '../errno.js';
import { isZeroFrame } from '../frames/folio.js';
import type { Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { contains, pageProtOf } from '../vma/vma.js';
import { insertPage } from './insert-page.js';
import { insertedFault } from './inserted-fault.js';
import { pfnModifyAllowed } from './pfn-modify-allowed.js';

/**
 * vmf_insert_page_mkwrite(): a page of a file or a DAX device, mapped and counted on a fault,
 * writable at once for a write. NOPAGE, SIGBUS, OOM (mm/memory.c; SPEC 3.7, 23.3 item 13).
 */
export function vmfInsertPageMkwrite(
  model: Model,
  vma: number,
  vpn: number,
  frame: number,
  write: boolean,
): number {
  if (!contains(model, vma, vpn)) return VM_FAULT.SIGBUS;
  const prot = pageProtOf(model, vma);
  if (!model.has('page-mkwrite-checks-range-alone') && refuses(model, frame, prot, write)) {
    return VM_FAULT.SIGBUS;
  }
  return insertedFault(insertPage(model, vma, vpn, frame, prot, write));
}

/** What v6 of the series refused besides: a zeropage that is written too, which stays possible later (SPEC 15.2). */
function refuses(model: Model, frame: number, prot: Prot, write: boolean): boolean {
  if (!pfnModifyAllowed(model, model.machine.memory.pfn(frame), prot)) return true;
  if (!write || !isZeroFrame(model, frame)) return false;
  model.warn('zeropage-written');
  return true;
}

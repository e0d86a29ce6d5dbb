import { ERRNO, VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { folioOf } from '../frames/folio.js';
import { MM_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Mm, Reference } from '../state/columns.js';
import { vmaAt } from '../vma/vma.js';
import { checkVmaFlags } from './check-vma-flags.js';
import { FOLL } from './flags.js';
import { FAULT_IT_IN, followPagePte } from './follow.js';
import { gupPutFolio } from './grab.js';

/** Faults that one address may need: unshare or write after the page came in, and some. */
const MOST_FAULTS = 8;

/**
 * __get_user_pages(): references (FOLL_GET) or pins (FOLL_PIN) on what a range maps, faulting it in
 * as needed. Pages had, or the error that stopped the first one. Each page is a `Reference` record
 * until `putReference` (mm/gup.c; SPEC 5.5).
 */
export function getUserPages(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  flags: number,
): number {
  if ((flags & FOLL.PIN) !== 0) {
    model.state.set(Mm.flags, mm, model.state.get(Mm.flags, mm) | MM_FLAG.hasPinned);
  }
  for (let i = 0; i < pages; i++) {
    const answer = getUserPage(model, mm, start + i, flags);
    if (answer < 0) return i > 0 ? i : answer;
    keep(model, mm, start + i, answer, flags);
  }
  return pages;
}

/** One page: its frame number, or an error. */
function getUserPage(model: Model, mm: number, vpn: number, flags: number): number {
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0) return ERRNO.EFAULT;
  const refused = checkVmaFlags(model, vma, flags);
  if (refused !== 0) return refused;
  for (let i = 0; i < MOST_FAULTS; i++) {
    const found = followPagePte(model, vma, vpn, flags);
    if (found > 0) return found - 1;
    if (found !== FAULT_IT_IN && found !== ERRNO.EMLINK) return found;
    const failed = faultinPage(model, vma, vpn, flags, found === ERRNO.EMLINK);
    if (failed !== 0) return failed;
  }
  return ERRNO.EFAULT;
}

/** faultin_page(): 0, or what the fault's failure is called here. */
function faultinPage(
  model: Model,
  vma: number,
  vpn: number,
  flags: number,
  unshare: boolean,
): number {
  if ((flags & FOLL.NOFAULT) !== 0) return ERRNO.EFAULT;
  const write = (flags & FOLL.WRITE) !== 0 ? FAULT_FLAG.WRITE : 0;
  const answer = handleMmFault(model, vma, vpn, unshare ? FAULT_FLAG.UNSHARE : write);
  if ((answer & VM_FAULT.OOM) !== 0) return ERRNO.ENOMEM;
  if ((answer & VM_FAULT.HWPOISON) !== 0) {
    return (flags & FOLL.HWPOISON) !== 0 ? ERRNO.EHWPOISON : ERRNO.EFAULT;
  }
  return (answer & (VM_FAULT.SIGBUS | VM_FAULT.SIGSEGV)) !== 0 ? ERRNO.EFAULT : 0;
}

function keep(model: Model, mm: number, vpn: number, frame: number, flags: number): void {
  const { state } = model;
  const reference = state.take('reference', Reference.used);
  state.setRef(Reference.mm, reference, mm);
  state.setRef(Reference.frame, reference, frame);
  state.set(Reference.vpn, reference, vpn);
  state.set(Reference.follFlags, reference, flags);
  state.set(Reference.pages, reference, 1);
}

/** put_page(), unpin_user_page(): gives a reference or a pin of GUP back. */
export function putReference(model: Model, reference: number): void {
  const { state } = model;
  const folio = folioOf(model, state.ref(Reference.frame, reference));
  gupPutFolio(
    model,
    folio,
    state.get(Reference.pages, reference),
    state.get(Reference.follFlags, reference),
  );
  state.clear('reference', reference);
}

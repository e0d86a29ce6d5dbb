import { VM_FAULT } from '../errno.js';
import type { Entry } from '../machine/entries.js';
import type { VmFault } from '../vm-ops.js';

/** A fault before anybody looked at it. */
export const newFault = (
  vma: number,
  vpn: number,
  flags: number,
  orig: Entry,
  cowPage = -1,
): VmFault => ({ vma, vpn, flags, orig, cowPage, page: -1 });

/** VM_FAULT_ERROR: what ends a fault for good, or sends it elsewhere. */
const ERRORS =
  VM_FAULT.OOM | VM_FAULT.SIGBUS | VM_FAULT.SIGSEGV | VM_FAULT.HWPOISON | VM_FAULT.FALLBACK;

/** VM_FAULT_ERROR: a fault that failed for good, or that somebody else has to serve. */
export const isFaultError = (answer: number): boolean => (answer & ERRORS) !== 0;

/** The handler supplied no page: it failed, mapped something itself, or wants to be asked again. */
export const isDoneWithoutPage = (answer: number): boolean =>
  (answer & (ERRORS | VM_FAULT.NOPAGE | VM_FAULT.RETRY)) !== 0;

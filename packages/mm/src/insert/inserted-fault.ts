import { ERRNO, VM_FAULT } from '../errno.js';

/** What a fault handler answers for what insert_page() answered (mm/memory.c; SPEC 3.7, 3.10). */
export function insertedFault(error: number): number {
  if (error === ERRNO.ENOMEM) return VM_FAULT.OOM;
  return error === 0 || error === ERRNO.EBUSY ? VM_FAULT.NOPAGE : VM_FAULT.SIGBUS;
}

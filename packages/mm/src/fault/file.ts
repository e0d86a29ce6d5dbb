import { VM_FAULT } from '../errno.js';
import type { Model } from '../model.js';
import { opsOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';

/** do_fault(): a page of a file, or of a driver, which its handler supplies (SPEC 6.7). */
export function doFault(model: Model, vma: number, vpn: number, flags: number): number {
  const ops = opsOf(model, vma);
  if (ops?.fault === undefined) return VM_FAULT.SIGBUS;
  return ops.fault(model, { vma, vpn, flags: flags & ~FAULT_FLAG.MKWRITE, cowPage: -1 });
}

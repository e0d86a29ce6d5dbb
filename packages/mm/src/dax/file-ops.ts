import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import type { Model } from '../model.js';
import type { VmFault, VmOps } from '../vm-ops.js';
import { hasVmFlag } from '../vma/vma.js';
import { daxPmdFault } from './pmd-fault.js';
import { daxPteFault } from './pte-fault.js';
import { daxFinishSyncFault } from './sync-fault.js';

/** ext4_dax_huge_fault(), the handler of every fault: a synchronous one is finished here. */
function daxFault(model: Model, vmf: VmFault, byPmd: boolean): number {
  const answer = byPmd ? daxPmdFault(model, vmf) : daxPteFault(model, vmf);
  const shared = hasVmFlag(model, vmf.vma, 'VM_SHARED') && (vmf.flags & FAULT_FLAG.WRITE) !== 0;
  if (!shared || (answer & VM_FAULT.NEEDDSYNC) === 0) return answer;
  return daxFinishSyncFault(model, vmf, byPmd);
}

const daxPageFault = (model: Model, vmf: VmFault): number => daxFault(model, vmf, false);

/** ext4_dax_vm_ops: files of a file system on DAX. */
export const FSDAX_OPS: VmOps = {
  name: 'fsdax',
  fault: daxPageFault,
  hugeFault: (model, vmf, level) =>
    level === 'pmd' ? daxFault(model, vmf, true) : VM_FAULT.FALLBACK,
  pageMkwrite: daxPageFault,
  pfnMkwrite: daxPageFault,
};

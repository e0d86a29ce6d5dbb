import { VM_FAULT } from '../errno.js';
import { finishFault } from '../fault/finish-fault.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { hugeLeafAt } from '../insert/locked-pte.js';
import type { Model } from '../model.js';
import { Frame, Mapping, Vma } from '../state/columns.js';
import type { VmFault } from '../vm-ops.js';
import { hasVmFlag, mmOf, pageIndex } from '../vma/vma.js';
import { blockAt, extentAt } from './blocks.js';
import { grabMappingEntry } from './grab-entry.js';
import { daxInsertEntry } from './insert-entry.js';
import { loadHoleAt } from './load-hole.js';
import { mapDaxPage } from './map-page.js';

/**
 * dax_iomap_pte_fault(): a page of a DAX file is mapped, or copied for a private write. VM_FAULT
 * bits: NOPAGE when mapped, with MAJOR for a block just allocated; DONE_COW; NEEDDSYNC when the
 * file's metadata must be safe first (`daxFinishSyncFault`); SIGBUS behind the end of the file or on
 * a full device; FALLBACK, RETRY (fs/dax.c; SPEC 11.5).
 */
export function daxPteFault(model: Model, vmf: VmFault): number {
  const { state } = model;
  const { vma, vpn } = vmf;
  const mapping = state.ref(Vma.mapping, vma);
  const index = pageIndex(model, vma, vpn);
  if (index >= state.get(Mapping.size, mapping)) return VM_FAULT.SIGBUS;
  const slot = grabMappingEntry(model, mapping, index, false);
  if (slot < 0) return -slot;
  if (hugeLeafAt(model, mmOf(model, vma), vpn)) return VM_FAULT.NOPAGE;
  if (vmf.cowPage >= 0) return copyPage(model, vmf, mapping, index);
  const write = (vmf.flags & FAULT_FLAG.WRITE) !== 0;
  const { frame, shared, fresh } = extentAt(model, mapping, index, 1, write);
  if (frame < 0) {
    return write ? VM_FAULT.SIGBUS : loadHoleAt(model, vma, vpn, mapping, slot);
  }
  const synchronous = isSynchronous(model, vma, write, fresh);
  daxInsertEntry(model, mapping, slot, { frame, bits: 0, write, shared, synchronous });
  const major = fresh ? VM_FAULT.MAJOR : 0;
  if (synchronous) return VM_FAULT.NEEDDSYNC | major;
  const answer = mapDaxPage(model, vma, vpn, frame, write);
  return answer === VM_FAULT.SIGBUS ? answer : answer | major;
}

/** dax_fault_is_synchronous(): a MAP_SYNC mapping, and metadata that changed: blocks just allocated. */
export const isSynchronous = (model: Model, vma: number, write: boolean, fresh: boolean): boolean =>
  write && fresh && hasVmFlag(model, vma, 'VM_SYNC');

/** dax_fault_cow_page(): the private copy gets the content, and is mapped here. */
function copyPage(model: Model, vmf: VmFault, mapping: number, index: number): number {
  const { state } = model;
  const frame = blockAt(model, mapping, index);
  state.set(Frame.content, vmf.cowPage, frame < 0 ? 0 : state.get(Frame.content, frame));
  const answer = finishFault(model, vmf);
  return answer === 0 ? VM_FAULT.DONE_COW : answer;
}

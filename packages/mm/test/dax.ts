import { type Revision, VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { goOn } from '../src/dax/change-file.js';
import { DEVDAX_OPS } from '../src/dax/devdax.js';
import { newDeviceMemory, placeOnDevice } from '../src/dax/device.js';
import { FSDAX_OPS } from '../src/dax/file-ops.js';
import { answerOf, sendSignal } from '../src/dax/waiter.js';
import { newMapping } from '../src/files/new-mapping.js';
import { Model, newMm, newVma } from '../src/index.js';
import { machineOf } from './machines.js';

const VM_READ = 0x1n;
const VM_MAYSHARE = 0x80n;
const VM_SOFTDIRTY = 0x8000000n;
export const PRIVATE = VM_READ | VM_WRITE | VM_MAYWRITE;
/** As mmap() makes them, soft-dirty as a whole: no write has to be noticed for that. */
export const SHARED = PRIVATE | VM_SHARED | VM_MAYSHARE | VM_SOFTDIRTY;

/** Pages that a PMD of x86 maps: where files and VMAs begin that one may map. */
export const HPN = 512;
export const VPN = 4 * HPN;

const DEVICE = { purpose: 'device', zone: 'device', firstPfn: 0x100000, frames: 2 * HPN } as const;

/** A file on DAX with nothing but holes, mapped whole. */
export function mappedDax(revision: string | Revision, flags: bigint, pages = 4) {
  const machine = machineOf('x86', revision, {
    vmOps: [FSDAX_OPS, DEVDAX_OPS],
    memory: [{ name: 'pmem', ...DEVICE }],
    capacities: { cacheSlot: 4 * HPN },
  });
  const model = new Model(machine);
  const pgmap = newDeviceMemory(model, 'pmem', 'fsdax');
  const mapping = newDaxFile(model, pgmap, pages);
  const mm = newMm(model);
  const parts = { start: VPN, end: VPN + pages, flags, pgoff: 0, ops: 0, mapping };
  return { model, pgmap, mapping, mm, vma: newVma(model, mm, parts) };
}

/** One more file of holes on the device. */
export function newDaxFile(model: Model, pgmap: number, pages: number): number {
  const mapping = newMapping(model, 'fsdax', pages);
  placeOnDevice(model, mapping, pgmap);
  return mapping;
}

/** A DAX device of an alignment, mapped whole. */
export function mappedDevdax(revision: string, flags: bigint, order = 0, pages = 4) {
  const machine = machineOf('x86', revision, {
    vmOps: [FSDAX_OPS, DEVDAX_OPS],
    memory: [{ name: 'dax', ...DEVICE }],
  });
  const model = new Model(machine);
  const mapping = newMapping(model, 'devdax', 0);
  placeOnDevice(model, mapping, newDeviceMemory(model, 'dax', 'generic', order), order);
  const mm = newMm(model);
  const parts = { start: VPN, end: VPN + pages, flags, pgoff: 0, ops: 1, mapping };
  return { model, mapping, mm, vma: newVma(model, mm, parts) };
}

/** What a task answers when a signal comes as soon as it sleeps; its record is free afterwards. */
export function interrupted(model: Model, task: number): number {
  sendSignal(model, task);
  goOn(model, task);
  const answer = answerOf(model, task);
  if (answer === undefined) throw new Error('the task sleeps on');
  model.state.clear('waiter', task);
  return answer;
}

import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { checkInvariants, Model, newMm, newVma } from '../src/index.js';
import { changeProtection } from '../src/mprotect/change-protection.js';
import { pageProtOf } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { machineOf } from './machines.js';

const START = 0x7f000;
const PAGES = 16;

/** Four processes with 16 pages of their own each: the state that speed is measured on. */
export interface BusyModel {
  readonly model: Model;
  /** A VMA of each process. */
  readonly vmas: readonly number[];
}

/** Makes it: every page written once, in processes that were forked while they had none. */
export function makeBusyModel(arch = 'x86', revision = 'v6.18'): BusyModel {
  const model = new Model(machineOf(arch, revision, { ramFrames: 128 }));
  const parent = newMm(model);
  const { flagSets } = model.machine;
  const flags = flagSets.mask('VM_READ', 'VM_WRITE', 'VM_MAYREAD', 'VM_MAYWRITE');
  const vma = newVma(model, parent, { start: START, end: START + PAGES, flags });
  const vmas = [vma];
  for (let i = 1; i < 4; i++) {
    forkMm(model, parent);
    vmas.push(vma + i);
  }
  for (const each of vmas) for (let page = 0; page < PAGES; page++) fault(model, each, page);
  return { model, vmas };
}

/** The operations that are measured, each on one page of a VMA. */
export const fault = (model: Model, vma: number, page: number): number =>
  handleMmFault(model, vma, START + page, FAULT_FLAG.WRITE);

export const zap = (model: Model, vma: number, page: number): void =>
  zapVmaRange(model, vma, START + page, START + page + 1);

export const protect = (model: Model, vma: number, page: number): number =>
  changeProtection(model, vma, START + page, START + page + 1, pageProtOf(model, vma), 0);

export { checkInvariants };

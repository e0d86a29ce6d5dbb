import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { checkInvariants, Model, newMm, newVma, type StandardMachine } from '../src/index.js';
import { changeProtection } from '../src/mprotect/change-protection.js';
import { pageProtOf } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { machineOf } from './machines.js';

const START = 0x7f000;

/** How many processes there are, and how many pages each has of its own. */
export interface BusySize {
  readonly processes: number;
  readonly pages: number;
  readonly machine: Partial<StandardMachine>;
}
const LARGE: BusySize = { processes: 4, pages: 16, machine: { ramFrames: 128 } };
/** As small as what searches walk through. */
export const SMALL: BusySize = {
  processes: 3,
  pages: 2,
  machine: { ramFrames: 8, capacities: { mm: 3, vma: 9, anonVma: 9, avc: 36, table: 22 } },
};

/** Processes with pages of their own: the state that speed is measured on. */
export interface BusyModel {
  readonly model: Model;
  /** A VMA of each process. */
  readonly vmas: readonly number[];
}

/** Makes it: every page written once, in processes that were forked while they had none. */
export function makeBusyModel({ processes, pages, machine } = LARGE): BusyModel {
  const model = new Model(machineOf('x86', 'v6.18', machine));
  const parent = newMm(model);
  const { flagSets } = model.machine;
  const flags = flagSets.mask('VM_READ', 'VM_WRITE', 'VM_MAYREAD', 'VM_MAYWRITE');
  const vma = newVma(model, parent, { start: START, end: START + pages, flags });
  const vmas = [vma];
  for (let i = 1; i < processes; i++) {
    forkMm(model, parent);
    vmas.push(vma + i);
  }
  for (const each of vmas) for (let page = 0; page < pages; page++) fault(model, each, page);
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

import { VM_FAULT } from '../errno.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { deepestSlot, entryIn, setEntry } from '../tables/tables.js';
import { hasVmFlag, vmaAt } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';
import { handleMmFault } from './handle-mm-fault.js';
import { isAccessible } from './handle-pte-fault.js';
import { isFaultError } from './vmf.js';

/** Faults that one access may need: a table, a page, the right to write, and some. */
const MOST_FAULTS = 8;

/**
 * The processor reads a page. What it holds (`Frame.content`), or minus the VM_FAULT bits of the
 * fault that could not be served: SIGSEGV outside of VMAs and their rights, RETRY when somebody else
 * would have to act first. Registers of devices read as 0.
 */
export function readMemory(model: Model, mm: number, vpn: number): number {
  const frame = access(model, mm, vpn, false);
  if (frame === REGISTER) return 0;
  return frame < 0 ? frame : model.state.get(Frame.content, frame);
}

/** The processor writes a page: 0, or minus the VM_FAULT bits as above. */
export function writeMemory(model: Model, mm: number, vpn: number, content: number): number {
  const frame = access(model, mm, vpn, true);
  if (frame >= 0) model.state.set(Frame.content, frame, content);
  return frame < 0 && frame !== REGISTER ? frame : 0;
}

/** A frame without struct page was accessed. */
const REGISTER = Number.MIN_SAFE_INTEGER;

/** Frame that an access reaches, faulted in as needed; minus VM_FAULT bits where it fails. */
function access(model: Model, mm: number, vpn: number, write: boolean): number {
  const flags = FAULT_FLAG.USER | (write ? FAULT_FLAG.WRITE : 0);
  for (let i = 0; i <= MOST_FAULTS; i++) {
    const vma = vmaAt(model, mm, vpn);
    // Where PROT_NONE is not seen in the entry, the processor is kept away by other bits of it.
    if (vma < 0 || !isAccessible(model, vma)) return -VM_FAULT.SIGSEGV;
    const pfn = translate(model, mm, vpn, write);
    if (pfn >= 0) {
      const frame = model.machine.memory.frame(pfn);
      return frame < 0 ? REGISTER : frame;
    }
    if (write && !hasVmFlag(model, vma, 'VM_WRITE')) return -VM_FAULT.SIGSEGV;
    const answer = handleMmFault(model, vma, vpn, flags);
    if (isFaultError(answer) || (answer & VM_FAULT.RETRY) !== 0) return -answer;
  }
  return -VM_FAULT.RETRY;
}

/** pfn that the tables give for an access, whose traces are left in the entry; -1 for a fault. */
function translate(model: Model, mm: number, vpn: number, write: boolean): number {
  const slot = deepestSlot(model, mm, vpn);
  if (slot < 0) return -1;
  const level = model.machine.levels[model.reached];
  if (level === undefined || !isLeafLevel(level.level)) return -1;
  const space = model.machine.space(level.level);
  const entry = entryIn(model, slot);
  if (entry === undefined || entry === NONE || !space.is.present(entry)) return -1;
  if (space.is.protnone(entry) || (write && !space.is.write(entry))) return -1;
  const young = space.to.mkyoung(entry);
  setEntry(model, slot, write ? space.to.mkdirty(young) : young);
  return space.pfn(entry) + (vpn % level.pages);
}

const isLeafLevel = (level: string): level is 'pte' | 'pmd' | 'pud' =>
  level === 'pte' || level === 'pmd' || level === 'pud';

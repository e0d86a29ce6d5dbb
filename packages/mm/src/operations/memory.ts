import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { forkMm } from '../fork/fork.js';
import type { Model } from '../model.js';
import { mprotect } from '../mprotect/mprotect.js';
import { exitMm } from '../vma/exit.js';
import { munmap } from '../vma/munmap.js';
import { ZAP_ALL, ZAP_KEEP_COWS } from '../zap/details.js';
import { zapVmaPtes, zapVmaRange } from '../zap/zap-range.js';
import { underLock } from './lock.js';
import { AT, COUNT, operation, type Place, PROCESS, SWITCH } from './operation.js';

/** Faults come with mmap_lock held for reading, or the VMA's own lock. */
const fault = (model: Model, { mm, vma, vpn }: Place, flags: number): number =>
  underLock(model, mm, 'read', () => handleMmFault(model, vma, vpn, flags));

/** What processes do, and what unmaps their memory (SPEC 4, 6, 7, 8). */
export const memoryOperations = [
  operation(
    'read',
    'the processor reads: a fault, as far as one is needed',
    'fault',
    { at: AT },
    (model, { at }) => fault(model, at, FAULT_FLAG.USER),
  ),
  operation(
    'write',
    'the processor writes: a fault, as far as one is needed',
    'fault',
    { at: AT },
    (model, { at }) => fault(model, at, FAULT_FLAG.USER | FAULT_FLAG.WRITE),
  ),
  operation(
    'handle_mm_fault',
    'a fault with flags of its own',
    'fault',
    { at: AT, flags: { kind: 'fault', default: 0 } },
    (model, { at, flags }) => fault(model, at, flags),
  ),
  operation(
    'fork',
    'a child with the memory of its parent (dup_mmap)',
    'process',
    { process: PROCESS },
    (model, { process }) => forkMm(model, process),
  ),
  operation(
    'exit',
    'a process ends (exit_mmap, check_mm)',
    'done',
    { process: PROCESS },
    (model, { process }) => {
      exitMm(model, process);
      return 0;
    },
  ),
  operation(
    'munmap',
    'a range is unmapped; VMAs are cut',
    'error',
    { at: AT, pages: COUNT },
    (model, { at, pages }) => munmap(model, at.mm, at.vpn, pages),
  ),
  operation(
    'mprotect',
    'a range gets other rights',
    'error',
    { at: AT, pages: COUNT, prot: { kind: 'protection' } },
    (model, { at, pages, prot }) => mprotect(model, at.mm, at.vpn, pages, prot),
  ),
  operation(
    'zap_page_range_single',
    'empties a range of a VMA; private copies stay with `keep cows`',
    'done',
    { at: AT, pages: COUNT, 'keep cows': SWITCH },
    (model, { at, pages, 'keep cows': keep }) => {
      zapVmaRange(model, at.vma, at.vpn, at.vpn + pages, keep ? ZAP_KEEP_COWS : ZAP_ALL);
      return 0;
    },
  ),
  operation(
    'zap_vma_ptes',
    'a driver empties a range of a VMA of raw frames; silently nothing anywhere else',
    'done',
    { at: AT, pages: COUNT },
    (model, { at, pages }) => {
      zapVmaPtes(model, at.vma, at.vpn, pages);
      return 0;
    },
  ),
];

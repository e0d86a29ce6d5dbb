import { readMemory, writeMemory } from '../fault/access.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { truncateFile } from '../files/truncate.js';
import { forkMm } from '../fork/fork.js';
import type { Model } from '../model.js';
import { mprotect } from '../mprotect/mprotect.js';
import { exitMm } from '../vma/exit.js';
import { munmap } from '../vma/munmap.js';
import { ZAP_ALL, ZAP_KEEP_COWS } from '../zap/details.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { zapVmaPtes, zapVmaRange } from '../zap/zap-range.js';
import { underLock } from './lock.js';
import { AT, COUNT, FILE, operation, type Place, PROCESS, SWITCH } from './operation.js';

/** Faults come with mmap_lock held for reading, or the VMA's own lock. */
const locked = (model: Model, { mm }: Place, operation: () => number): number =>
  underLock(model, mm, 'read', operation);

/** What processes do, and what unmaps their memory (SPEC 4, 6, 7, 8). */
export const memoryOperations = [
  operation(
    'read',
    'the processor reads, as its process may; `content` is what it sees, 0 for zeros',
    'fault',
    { at: AT },
    (model, { at }) => {
      const answer = locked(model, at, () => readMemory(model, at.mm, at.vpn));
      return answer < 0 ? -answer : { value: 0, more: { content: answer } };
    },
  ),
  operation(
    'write',
    'the processor writes, as its process may',
    'fault',
    { at: AT, content: { kind: 'count', default: 1 } },
    (model, { at, content }) =>
      Math.abs(locked(model, at, () => writeMemory(model, at.mm, at.vpn, content))),
  ),
  operation(
    'handle_mm_fault',
    'a fault with flags of its own',
    'fault',
    { at: AT, flags: { kind: 'fault', default: 0 } },
    (model, { at, flags }) => locked(model, at, () => handleMmFault(model, at.vma, at.vpn, flags)),
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
  operation(
    'unmap_mapping_pages',
    'a range of a file is unmapped everywhere; private copies stay unless `even cows`',
    'done',
    { file: FILE, index: COUNT, pages: COUNT, 'even cows': SWITCH },
    (model, { file, index, pages, 'even cows': evenCows }) => {
      unmapMappingPages(model, file, index, pages, evenCows);
      return 0;
    },
  ),
  operation(
    'truncate',
    'a file becomes shorter; what lies behind its end is unmapped',
    'done',
    { file: FILE, pages: COUNT },
    (model, { file, pages }) => {
      truncateFile(model, file, pages);
      return 0;
    },
  ),
];

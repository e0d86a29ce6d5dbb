import { callMmap } from '../devices/mmap-device.js';
import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { newVma } from './address-space.js';
import { mergeVma } from './merge.js';
import { munmap } from './munmap.js';

/** What mmap() is asked for. Addresses are page numbers. */
export interface MmapRequest {
  readonly start: number;
  readonly pages: number;
  /** VM_READ, VM_WRITE and VM_EXEC. */
  readonly prot: bigint;
  /** MAP_SHARED; otherwise MAP_PRIVATE. Shared anonymous memory is a file as well: its mapping. */
  readonly shared: boolean;
  /** Number of the file's mapping; none for anonymous memory. */
  readonly mapping?: number;
  /** First page of the file. */
  readonly pgoff?: number;
  /** Number in the machine's `vmOps`; none for anonymous memory. */
  readonly ops?: number;
  /** The file was opened for reading alone. */
  readonly readOnly?: boolean;
  /** More flags, as a driver's mmap() hook or MAP_* set them. */
  readonly flags?: bigint;
}

/**
 * mmap() with MAP_FIXED: what was mapped in the range goes, and the new VMA joins neighbours that are
 * like it. Answers the VMA; -EINVAL for an empty range or shared memory without a file, -EACCES for
 * shared writing to a file that is read-only, -EPERM where a sealed VMA is in the way, and what the
 * file's driver refuses with (mm/mmap.c).
 */
export function mmap(model: Model, mm: number, request: MmapRequest): number {
  const { start, pages, shared, mapping, pgoff, ops, readOnly = false } = request;
  const { flagSets } = model.machine;
  if (pages <= 0 || (shared && mapping === undefined)) return ERRNO.EINVAL;
  if (shared && readOnly && (request.prot & flagSets.mask('VM_WRITE')) !== 0n) return ERRNO.EACCES;
  const cleared = munmap(model, mm, start, pages);
  if (cleared !== 0) return cleared;
  const may = flagSets.mask('VM_MAYREAD', 'VM_MAYWRITE', 'VM_MAYEXEC');
  // A file that cannot be written to is no shared one, though its pages are.
  const sharing = shared ? flagSets.mask('VM_SHARED', 'VM_MAYSHARE') : 0n;
  const denied = shared && readOnly ? flagSets.mask('VM_SHARED', 'VM_MAYWRITE') : 0n;
  const tracked = model.config.MEM_SOFT_DIRTY ? flagSets.mask('VM_SOFTDIRTY') : 0n;
  const vma = newVma(model, mm, {
    start,
    end: start + pages,
    flags: ((request.prot | may | sharing | (request.flags ?? 0n)) & ~denied) | tracked,
    ...(pgoff === undefined ? {} : { pgoff }),
    ...(ops === undefined ? {} : { ops }),
    ...(mapping === undefined ? {} : { mapping }),
  });
  const refused = callMmap(model, vma);
  return refused === 0 ? mergeVma(model, vma) : refused;
}

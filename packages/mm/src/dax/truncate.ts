import type { Model } from '../model.js';
import { Mapping } from '../state/columns.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { setBlock } from './blocks.js';
import { deleteDaxRange } from './delete.js';
import { daxEntriesIn } from './entry.js';
import { daxBreakLayoutOfFile } from './layout.js';

/**
 * ftruncate() of a DAX file as ext4 and XFS do it: breaks the layout of all of it, unmaps what lies
 * behind the new end, private copies too, and frees its blocks. 0, or -ERESTARTSYS with nothing
 * truncated (SPEC 4.7, 11.7).
 *
 * @param size new size in pages
 */
export function daxTruncate(model: Model, mapping: number, size: number): number {
  const interrupted = daxBreakLayoutOfFile(model, mapping);
  if (interrupted !== 0) return interrupted;
  truncateDaxPages(model, mapping, size);
  return 0;
}

/**
 * truncate_setsize() of a DAX file, on which ext2 relies alone: nobody waits for pages in use, and
 * since 6.15 each entry that is left is warned of (truncate_folio_batch_exceptionals(),
 * mm/truncate.c; SPEC 4.7).
 */
export function truncateDaxPages(model: Model, mapping: number, size: number): void {
  const { state } = model;
  const slots = state.get(Mapping.slots, mapping);
  state.set(Mapping.size, mapping, size);
  unmapMappingPages(model, mapping, size, slots - size, true);
  if (model.has('fsdax-refcounted')) {
    for (const _ of daxEntriesIn(model, mapping, size, slots))
      model.warn('dax-entry-at-truncation');
  }
  deleteDaxRange(model, mapping, size, slots, true);
  for (let index = size; index < slots; index++) setBlock(model, mapping, index, -1);
}

/**
 * fallocate(FALLOC_FL_PUNCH_HOLE): the same for a range in the middle, private copies excepted;
 * -ERESTARTSYS when a page is in use.
 */
export function daxPunchHole(model: Model, mapping: number, start: number, end: number): number {
  const interrupted = daxBreakLayoutOfFile(model, mapping);
  if (interrupted !== 0) return interrupted;
  unmapMappingPages(model, mapping, start, end - start, false);
  deleteDaxRange(model, mapping, start, end, true);
  for (let index = start; index < end; index++) setBlock(model, mapping, index, -1);
  return 0;
}

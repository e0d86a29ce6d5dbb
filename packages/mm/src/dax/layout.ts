import { ERRNO } from '../errno.js';
import { folioMapcount, folioOf, refcount } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Mapping, Vma } from '../state/columns.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { isLimited } from './associate.js';
import { deleteDaxRange } from './delete.js';
import { DAX, daxEntriesIn, entryFrame, entryIs, entryPages, isHoleOrEmpty } from './entry.js';

/**
 * dax_layout_busy_page_range(): unmaps a range of a DAX file, and answers the first page of it that
 * somebody refers to all the same; -1 for none. Until 6.14 a file that nobody maps is not looked at,
 * and neither are locked entries (fs/dax.c; SPEC 11.7, SPEC-23 23.6).
 *
 * @param end first index behind the range
 */
export function daxLayoutBusyPage(
  model: Model,
  mapping: number,
  start: number,
  end: number,
): number {
  const always = model.has('fsdax-refcounted');
  if (isLimited(model) || (!always && !isMapped(model, mapping))) return -1;
  unmapMappingPages(model, mapping, start, end - start, false);
  for (const slot of daxEntriesIn(model, mapping, start, end)) {
    if (entryIs(model, slot, DAX.locked)) {
      if (!always) continue;
      model.note('waits-for-dax-entry');
    }
    const busy = busyPageOf(model, slot);
    if (busy >= 0) return busy;
  }
  return -1;
}

/**
 * dax_break_layout(), and the loops of file systems that it replaced: waits until nobody refers to
 * pages of the range. 0, then since 6.15 without entries in the range; -ERESTARTSYS when a page is in
 * use: here nobody else runs who would let go of it, so that the wait ends by a signal (SPEC 11.7).
 */
export function daxBreakLayout(model: Model, mapping: number, start: number, end: number): number {
  if (daxLayoutBusyPage(model, mapping, start, end) >= 0) {
    model.note('waits-for-dax-page');
    return ERRNO.ERESTARTSYS;
  }
  if (model.has('fsdax-refcounted')) deleteDaxRange(model, mapping, start, end, true);
  return 0;
}

/** dax_busy_page(): a page of the entry that somebody besides the file's mappings refers to. */
function busyPageOf(model: Model, slot: number): number {
  if (isHoleOrEmpty(model, slot)) return -1;
  const frame = entryFrame(model, slot);
  if (model.has('fsdax-refcounted')) {
    const folio = folioOf(model, frame);
    return refcount(model, folio) !== folioMapcount(model, folio) ? frame : -1;
  }
  const pages = entryPages(model, slot);
  for (let i = 0; i < pages; i++) if (refcount(model, frame + i) > 1) return frame + i;
  return -1;
}

/** mapping_mapped(): some VMA maps the file. */
function isMapped({ state }: Model, mapping: number): boolean {
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (state.get(Vma.used, vma) === 1 && state.ref(Vma.mapping, vma) === mapping) return true;
  }
  return false;
}

/** dax_break_layout() of a whole file, as file systems ask for it. */
export const daxBreakLayoutOfFile = (model: Model, mapping: number): number =>
  daxBreakLayout(model, mapping, 0, model.state.get(Mapping.slots, mapping));

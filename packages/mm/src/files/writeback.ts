import { folioOf, folioPages, hasFlag, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { folioMkclean } from '../rmap/mkclean.js';
import { CacheSlot, Frame } from '../state/columns.js';
import { cacheSlotOf } from './cache-slot.js';
import { fileKindOf } from './file-kinds.js';
import { cachedPage } from './page-cache.js';

/**
 * filemap_fdatawrite_range(): dirty pages of a range are put on storage, and the next write to each
 * faults again (folio_clear_dirty_for_io(), mm/page-writeback.c). Folios written; none of files that
 * have no storage, as shmem's.
 *
 * @param end first index behind the range
 */
export function writebackFile(model: Model, mapping: number, start: number, end: number): number {
  if (fileKindOf(model, mapping)?.writeback !== true) return 0;
  let written = 0;
  for (let index = start; index < end; index++) {
    const frame = cachedPage(model, mapping, index);
    if (frame < 0) continue;
    const folio = folioOf(model, frame);
    if (!hasFlag(model, folio, PAGE_FLAG.dirty)) continue;
    folioMkclean(model, folio);
    setFlag(model, folio, PAGE_FLAG.dirty, false);
    store(model, mapping, folio);
    written++;
  }
  return written;
}

/** Storage holds what the pages of a folio do. */
function store(model: Model, mapping: number, folio: number): void {
  const { state } = model;
  const first = cacheSlotOf(model, mapping, state.get(Frame.index, folio));
  for (let i = 0; i < folioPages(model, folio); i++) {
    state.set(CacheSlot.stored, first + i, state.get(Frame.content, folio + i));
  }
}

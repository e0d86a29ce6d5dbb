import { ERRNO } from '../errno.js';
import { CACHE_TAG, hasTag, setTag } from '../files/cache-slot.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { cleanEntry, pfnMkcleanRange } from '../rmap/mkclean.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, entryIn } from '../tables/tables.js';
import { hasVmFlag, mmOf } from '../vma/vma.js';
import { daxEntriesIn, entryFrame, entryIndex, entryPages, isHoleOrEmpty } from './entry.js';

/**
 * dax_writeback_mapping_range(): what was written in a range is put on storage, and later writes are
 * noticed again. 0, or -EIO with a warning for a hole that claims to be dirty (fs/dax.c; SPEC 11.9).
 *
 * @param end first index behind the range
 */
export function daxWriteback(model: Model, mapping: number, start: number, end: number): number {
  const entries = daxEntriesIn(model, mapping, start, end);
  for (const slot of entries) {
    if (hasTag(model, slot, CACHE_TAG.dirty)) setTag(model, slot, CACHE_TAG.toWrite, true);
  }
  for (const slot of entries) {
    if (!hasTag(model, slot, CACHE_TAG.toWrite)) continue;
    const error = writeEntry(model, mapping, slot);
    if (error !== 0) return error;
  }
  return 0;
}

/** dax_writeback_one(). */
function writeEntry(model: Model, mapping: number, slot: number): number {
  if (isHoleOrEmpty(model, slot)) {
    model.warn('dax-writeback-of-hole');
    return ERRNO.EIO;
  }
  setTag(model, slot, CACHE_TAG.toWrite, false);
  const { state } = model;
  const pfn = model.machine.memory.pfn(entryFrame(model, slot));
  const pages = entryPages(model, slot);
  const index = entryIndex(model, mapping, slot);
  const whole = model.has('dax-writeback-mkclean');
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (!showsFile(model, vma, mapping, index, whole ? pages : 1)) continue;
    if (whole) pfnMkcleanRange(model, pfn, pages, index, vma);
    else cleanFirst(model, pfn, index, vma);
  }
  model.note('dax-entry-flushed');
  setTag(model, slot, CACHE_TAG.dirty, false);
  return 0;
}

/**
 * dax_entry_mkclean() for one VMA: until 5.18 only where the entry's first index lies, whatever maps
 * it there, so that the other pages of a large entry stay writable (SPEC 24.12, 15.71).
 */
function cleanFirst(model: Model, pfn: number, index: number, vma: number): void {
  const { state } = model;
  if (!hasVmFlag(model, vma, 'VM_SHARED')) return;
  const vpn = state.get(Vma.start, vma) + index - state.get(Vma.pgoff, vma);
  const slot = deepestSlot(model, mmOf(model, vma), vpn);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE || model.reached > 1) return;
  const level = model.reached === 0 ? 'pte' : 'pmd';
  const space = model.machine.space(level);
  if (space.is.present(entry) && space.pfn(entry) === pfn) cleanEntry(model, slot, entry, level);
}

function showsFile(
  { state }: Model,
  vma: number,
  mapping: number,
  index: number,
  pages: number,
): boolean {
  if (state.get(Vma.used, vma) === 0 || state.ref(Vma.mapping, vma) !== mapping) return false;
  const first = state.get(Vma.pgoff, vma);
  const end = first + state.get(Vma.end, vma) - state.get(Vma.start, vma);
  return index < end && index + pages > first;
}

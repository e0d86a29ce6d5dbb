import type { Model } from '../model.js';
import { Mapping, Waiter } from '../state/columns.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { freeBlocks } from './blocks.js';
import { deleteEntry } from './delete.js';
import { evictsWithLock } from './layout.js';
import { ASLEEP, NO_MORE, nextEntry } from './next-entry.js';
import { PHASE, WORK } from './waiter.js';

/**
 * What a file loses is unmapped: behind its new end private copies too, in a hole that is punched
 * not; nothing maps a file that leaves memory (truncate_setsize(), truncate_pagecache_range()).
 */
export function beginTruncation(model: Model, waiter: number): void {
  const { state } = model;
  const mapping = state.ref(Waiter.mapping, waiter);
  const start = state.get(Waiter.start, waiter);
  const pages = state.get(Waiter.end, waiter) - start;
  const work = state.get(Waiter.work, waiter);
  if (work === WORK.truncate) state.set(Mapping.size, mapping, start);
  if (work !== WORK.evict) unmapMappingPages(model, mapping, start, pages, work === WORK.truncate);
  state.set(Waiter.cursor, waiter, start);
  state.set(Waiter.phase, waiter, PHASE.entries);
}

/**
 * truncate_folio_batch_exceptionals(): entries that are left go, each with a warning since breaking
 * the layout should have taken them; locked ones are waited for. Then the blocks are freed, but for
 * those of a file that only leaves memory (mm/truncate.c; SPEC 4.7, 23.3 item 6).
 */
export function truncateEntries(model: Model, waiter: number): void {
  const { state } = model;
  const mapping = state.ref(Waiter.mapping, waiter);
  const end = state.get(Waiter.end, waiter);
  for (;;) {
    const slot = nextEntry(model, waiter, end, 'wait-then-same');
    if (slot === ASLEEP) return;
    if (slot === NO_MORE) break;
    if (model.has('dax-break-removes-entries')) model.warn('dax-entry-at-truncation');
    deleteEntry(model, mapping, slot);
  }
  const evicts = state.get(Waiter.work, waiter) === WORK.evict;
  if (!evicts) freeBlocks(model, mapping, state.get(Waiter.start, waiter), end);
  const kept = evictsWithLock(model, waiter) && state.get(Waiter.waited, waiter) === 1;
  if (kept) model.vmWarn('invalidate-lock-held-at-free');
  state.set(Waiter.phase, waiter, PHASE.done);
}

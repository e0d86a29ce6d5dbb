import { CACHE_TAG, setTag } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { Waiter } from '../state/columns.js';
import { ASLEEP, atLocked, NO_MORE, nextEntry } from './next-entry.js';
import { PHASE } from './waiter.js';

/**
 * PAGECACHE_TAG_DIRTY and _TOWRITE go from entries of a range: once without waiting for locked ones,
 * then after waiting, but until the fix of patch 3 from the entry behind (SPEC 23.3 item 3).
 */
export function clearMarks(model: Model, waiter: number): void {
  const { state } = model;
  const rule = atLocked(model);
  for (;;) {
    const end = state.get(Waiter.end, waiter);
    const slot = nextEntry(model, waiter, end, rule === 'skip' ? 'take' : rule);
    if (slot === ASLEEP) return;
    if (slot === NO_MORE) break;
    setTag(model, slot, CACHE_TAG.dirty | CACHE_TAG.toWrite, false);
  }
  state.set(Waiter.phase, waiter, PHASE.done);
}

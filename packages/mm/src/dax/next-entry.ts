import type { Model } from '../model.js';
import { Waiter } from '../state/columns.js';
import { DAX, daxEntryAt, entryIndex, entryIs, entryPages, nextDaxEntry } from './entry.js';
import { SLEEPS_ON, sleepOn, wakeUp } from './waiter.js';

/** Answers of `nextEntry` that are no slots. */
export const NO_MORE = -1;
export const ASLEEP = -2;

/**
 * What an iteration does with an entry that somebody has locked: goes past it; takes it all the same;
 * waits, and takes what lies behind it, even behind the end; or waits and takes the entry itself.
 */
export type AtLocked = 'skip' | 'take' | 'wait-then-next' | 'wait-then-same';

/** How scans and deletions of a range meet locked entries (SPEC 23.2 locked_entry, 15.19). */
export function atLocked(model: Model): AtLocked {
  if (!model.has('dax-scan-waits-for-locked')) return 'skip';
  return model.has('dax-scan-same-entry') ? 'wait-then-same' : 'wait-then-next';
}

/**
 * xas_for_each() with wait_entry_unlocked_exclusive(): the next entry that is not locked, from a
 * task's cursor on, which moves behind it. NO_MORE at the end; ASLEEP when the task has to wait for
 * a locked one: asked again, it goes on from there (fs/dax.c).
 *
 * @param end first index behind the range
 */
export function nextEntry(model: Model, waiter: number, end: number, locked: AtLocked): number {
  const { state } = model;
  const mapping = state.ref(Waiter.mapping, waiter);
  let hasWaited = state.get(Waiter.sleepsOn, waiter) === SLEEPS_ON.entry;
  wakeUp(model, waiter);
  for (;;) {
    const cursor = state.get(Waiter.cursor, waiter);
    const slot = hasWaited
      ? daxEntryAt(model, mapping, cursor)
      : nextDaxEntry(model, mapping, cursor, end);
    if (slot < 0 && !hasWaited) return NO_MORE;
    if (slot < 0) {
      hasWaited = false;
      state.set(Waiter.cursor, waiter, cursor + 1);
      continue;
    }
    const first = entryIndex(model, mapping, slot);
    const behind = first + entryPages(model, slot);
    const isLocked = entryIs(model, slot, DAX.locked);
    state.set(Waiter.cursor, waiter, isLocked && locked === 'wait-then-same' ? first : behind);
    if (!isLocked || locked === 'take') return slot;
    if (locked === 'skip') continue;
    sleepOn(model, waiter, SLEEPS_ON.entry, slot);
    return ASLEEP;
  }
}

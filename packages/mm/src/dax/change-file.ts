import { ERRNO } from '../errno.js';
import { fileSystemOf } from '../files/file-systems.js';
import type { Model } from '../model.js';
import { Mapping, Waiter } from '../state/columns.js';
import { clearMarks } from './clear-marks.js';
import { askAgain, beginScan, deleteEntries, isMapped, look } from './layout.js';
import { beginTruncation, truncateEntries } from './truncate.js';
import { isDone, isWoken, PHASE, SLEEPS_ON, WORK } from './waiter.js';

/*
 * Each of these starts a task that changes a DAX file, and answers it: `answerOf` says how it ended,
 * or that it sleeps, until `goOn` lets it run again. `unset` is what the stack of v6 kernels holds
 * where they forget to set an answer.
 */

/** ftruncate(): the file gets a new size in pages, no more than it has room for (SPEC 4.7, 11.7). */
export function daxTruncate(model: Model, mapping: number, size: number, unset = 0): number {
  const slots = model.state.get(Mapping.slots, mapping);
  return start(model, WORK.truncate, mapping, Math.min(size, slots), slots, unset);
}

/** fallocate(FALLOC_FL_PUNCH_HOLE): blocks of a range, `end` behind it, are freed. */
export const daxPunchHole = (
  model: Model,
  mapping: number,
  first: number,
  end: number,
  unset = 0,
): number => start(model, WORK.punch, mapping, first, end, unset);

/**
 * dax_break_layout(), dax_break_mapping(), and the loops of file systems that they replaced: waits
 * until nobody uses pages of a range (SPEC 11.7, 23.3 item 5).
 */
export const daxBreakLayout = (
  model: Model,
  mapping: number,
  first: number,
  end: number,
  unset = 0,
): number => start(model, WORK.break, mapping, first, end, unset);

/**
 * evict_inode() of the file's file system: a file that nobody has open leaves memory, as when it is
 * unmounted. -EBUSY while it is mapped (SPEC 23.3 item 7, 15.24).
 */
export function evictInode(model: Model, mapping: number): number {
  const { state } = model;
  if (isMapped(model, mapping)) {
    return finish(model, state.take('waiter', Waiter.used), ERRNO.EBUSY);
  }
  return start(model, WORK.evict, mapping, 0, state.get(Mapping.slots, mapping), 0);
}

/**
 * __dax_clear_dirty_range(): a write to a shared block takes the marks off what it replaces (fs/dax.c;
 * SPEC 23.3 item 3).
 */
export const daxClearDirtyRange = (
  model: Model,
  mapping: number,
  first: number,
  end: number,
): number => start(model, WORK.clean, mapping, first, end, 0);

function start(
  model: Model,
  work: number,
  mapping: number,
  first: number,
  end: number,
  unset: number,
): number {
  const { state } = model;
  const waiter = state.take('waiter', Waiter.used);
  state.set(Waiter.work, waiter, work);
  state.setRef(Waiter.mapping, waiter, mapping);
  state.set(Waiter.start, waiter, first);
  state.set(Waiter.end, waiter, end);
  state.set(Waiter.cursor, waiter, first);
  state.set(Waiter.unset, waiter, unset);
  state.set(Waiter.phase, waiter, firstPhase(model, work, mapping));
  runOn(model, waiter);
  return waiter;
}

/** Breaking the layout comes first where the file system does that (SPEC 23.2 evict_waits). */
function firstPhase(model: Model, work: number, mapping: number): number {
  if (work === WORK.break) return PHASE.scan;
  if (work === WORK.clean) return PHASE.clean;
  const { breaksLayouts, evictionWaits } = fileSystemOf(model, mapping);
  const evictionBreaks = evictionWaits !== undefined && model.has(evictionWaits);
  return (work === WORK.evict ? evictionBreaks : breaksLayouts) ? PHASE.scan : PHASE.truncate;
}

/** A task that has ended is its answer and nothing else. */
function finish({ state }: Model, waiter: number, answer: number): number {
  state.clear('waiter', waiter);
  state.set(Waiter.used, waiter, 1);
  state.set(Waiter.phase, waiter, PHASE.done);
  state.set(Waiter.answer, waiter, answer);
  return waiter;
}

/** Lets a task that was woken run, to its end or until it sleeps again. False when it was not woken. */
export function goOn(model: Model, waiter: number): boolean {
  if (!isDone(model, waiter) && !isWoken(model, waiter)) return false;
  runOn(model, waiter);
  return true;
}

const PHASES: Readonly<Record<number, (model: Model, waiter: number) => void>> = {
  [PHASE.scan]: beginScan,
  [PHASE.look]: look,
  [PHASE.idle]: askAgain,
  [PHASE.delete]: deleteEntries,
  [PHASE.truncate]: beginTruncation,
  [PHASE.entries]: truncateEntries,
  [PHASE.clean]: clearMarks,
};

function runOn(model: Model, waiter: number): void {
  while (!isDone(model, waiter)) {
    PHASES[model.state.get(Waiter.phase, waiter)]?.(model, waiter);
    const sleepsOn = model.state.get(Waiter.sleepsOn, waiter);
    if (sleepsOn !== SLEEPS_ON.nothing && !isWoken(model, waiter)) return;
  }
  finish(model, waiter, model.state.get(Waiter.answer, waiter));
}

import { ERRNO } from '../errno.js';
import { fileSystemOf } from '../files/file-systems.js';
import type { Model } from '../model.js';
import { Mapping, Vma, Waiter } from '../state/columns.js';
import { unmapMappingPages } from '../zap/unmap-mapping.js';
import { isLimited } from './associate.js';
import { busyPageOf, isIdle } from './busy.js';
import { deleteEntry } from './delete.js';
import { ASLEEP, atLocked, NO_MORE, nextEntry } from './next-entry.js';
import { PHASE, SLEEPS_ON, sleepOn, WOKEN, WORK, wakeUp } from './waiter.js';

/**
 * dax_layout_busy_page_range() begins: the range is unmapped. A file that nobody maps is not looked
 * at until patch 2 (fs/dax.c; SPEC 11.7, 23.3 items 1 and 2).
 */
export function beginScan(model: Model, waiter: number): void {
  const mapping = model.state.ref(Waiter.mapping, waiter);
  const { first, end } = layoutRange(model, waiter);
  if (isLimited(model) || (!model.has('dax-scan-without-vma') && !isMapped(model, mapping))) {
    foundNothingBusy(model, waiter, first);
    return;
  }
  unmapMappingPages(model, mapping, first, end - first, false);
  model.state.set(Waiter.cursor, waiter, first);
  model.state.set(Waiter.phase, waiter, PHASE.look);
}

/** It looks for a page in use, and sleeps on the first that it finds. */
export function look(model: Model, waiter: number): void {
  const { state } = model;
  const { first, end } = layoutRange(model, waiter);
  for (;;) {
    const slot = nextEntry(model, waiter, end, atLocked(model));
    if (slot === ASLEEP) return;
    if (slot === NO_MORE) {
      foundNothingBusy(model, waiter, first);
      return;
    }
    const busy = busyPageOf(model, slot);
    if (busy < 0) continue;
    state.set(Waiter.phase, waiter, PHASE.idle);
    state.set(Waiter.waited, waiter, 1);
    dropInvalidateLock(model, waiter);
    sleepOn(model, waiter, waitKey(model), busy);
    return;
  }
}

/** What waiters for a page sleep on (SPEC 23.2 wait_key). */
const waitKey = (model: Model) =>
  model.has('dax-wait-on-page') ? SLEEPS_ON.page : SLEEPS_ON.refcount;

/** dax_wait_page_idle(), awake again: sleeps on unless the page is idle; a signal ends it. */
export function askAgain(model: Model, waiter: number): void {
  const { state } = model;
  const page = state.ref(Waiter.object, waiter);
  const signalled = state.get(Waiter.woken, waiter) === WOKEN.bySignal;
  wakeUp(model, waiter);
  if (isIdle(model, page)) state.set(Waiter.phase, waiter, PHASE.scan);
  else if (signalled) leaveBreak(model, waiter, ERRNO.ERESTARTSYS);
  else sleepOn(model, waiter, waitKey(model), page);
}

/**
 * The layout is broken. v6 answers what its stack held unless it has waited (SPEC 15.21); from patch
 * 6 on the entries go (SPEC 23.3 items 5 and 6).
 */
function foundNothingBusy(model: Model, waiter: number, first: number): void {
  const { state } = model;
  const isSet =
    !model.has('dax-break-mapping') ||
    model.has('dax-break-result-set') ||
    state.get(Waiter.waited, waiter) === 1;
  const answer = isSet ? 0 : state.get(Waiter.unset, waiter);
  if (!model.has('dax-break-removes-entries')) {
    leaveBreak(model, waiter, answer);
    return;
  }
  state.set(Waiter.answer, waiter, answer);
  state.set(Waiter.cursor, waiter, first);
  state.set(Waiter.phase, waiter, PHASE.delete);
}

/** dax_delete_mapping_range(): entries of the range go. */
export function deleteEntries(model: Model, waiter: number): void {
  const { state } = model;
  const { end } = layoutRange(model, waiter);
  for (;;) {
    const slot = nextEntry(model, waiter, end, atLocked(model));
    if (slot === ASLEEP) return;
    if (slot === NO_MORE) break;
    deleteEntry(model, state.ref(Waiter.mapping, waiter), slot);
  }
  leaveBreak(model, waiter, state.get(Waiter.answer, waiter));
}

/** Back in the file system, which goes on, or tells its caller what went wrong. */
function leaveBreak(model: Model, waiter: number, answer: number): void {
  const { state } = model;
  const work = state.get(Waiter.work, waiter);
  const heard = work === WORK.break ? answer : answerHeard(model, waiter, answer);
  const goesOn = work !== WORK.break && (work === WORK.evict || heard === 0);
  state.set(Waiter.answer, waiter, work === WORK.evict ? 0 : heard);
  state.set(Waiter.phase, waiter, goesOn ? PHASE.truncate : PHASE.done);
}

/**
 * xfs_break_layouts(): v6 leaves its switch without keeping an answer that is not 0, and answers what
 * its own stack holds (SPEC 15.21).
 */
function answerHeard(model: Model, waiter: number, answer: number): number {
  if (answer === 0) return 0;
  const { layoutSwitch } = fileSystemOf(model, model.state.ref(Waiter.mapping, waiter));
  const keeps = !model.has('dax-break-mapping') || model.has('xfs-break-error-returned');
  return layoutSwitch !== true || keeps ? answer : model.state.get(Waiter.unset, waiter);
}

/**
 * Sleeping drops the lock that truncation holds. In v6 eviction does so too, where nobody holds it,
 * and takes it on waking: what kernels with lock debugging complain of (SPEC 23.3 item 7).
 */
function dropInvalidateLock(model: Model, waiter: number): void {
  if (evictsWithLock(model, waiter)) model.vmWarn('invalidate-lock-not-held');
}

/** The task evicts a file as v6 does for ext4, with a lock that is none of its business. */
export function evictsWithLock(model: Model, waiter: number): boolean {
  const { state } = model;
  const { invalidateLock } = fileSystemOf(model, state.ref(Waiter.mapping, waiter));
  const evicts = state.get(Waiter.work, waiter) === WORK.evict && invalidateLock === true;
  return evicts && !model.has('dax-eviction-without-locks');
}

/**
 * What a file system breaks: the whole file; in virtiofs the first index alone until patch 1, or the
 * common loop, which takes the same range for the whole file (fuse_dax_break_layouts()).
 */
function layoutRange(model: Model, waiter: number): { first: number; end: number } {
  const { state } = model;
  if (state.get(Waiter.work, waiter) === WORK.break) {
    return { first: state.get(Waiter.start, waiter), end: state.get(Waiter.end, waiter) };
  }
  const mapping = state.ref(Waiter.mapping, waiter);
  const { virtual } = fileSystemOf(model, mapping);
  const firstAlone =
    virtual === true && !model.has('fuse-dax-whole-file') && !model.has('dax-break-mapping');
  const slots = state.get(Mapping.slots, mapping);
  return { first: 0, end: firstAlone ? Math.min(1, slots) : slots };
}

/** mapping_mapped(): some VMA maps the file. */
export function isMapped({ state }: Model, mapping: number): boolean {
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (state.get(Vma.used, vma) === 1 && state.ref(Vma.mapping, vma) === mapping) return true;
  }
  return false;
}

import type { Model } from '../model.js';
import { Waiter } from '../state/columns.js';

/** What a task does to a DAX file. */
export const WORK = { break: 0, truncate: 1, punch: 2, evict: 3, clean: 4 } as const;

/**
 * How far it is. `scan` begins a look for busy pages, `look` goes on with it; `idle` has waited for
 * one; `delete` removes entries of the range whose layout was broken; `truncate` begins with the
 * work itself, `entries` removes the entries that it meets; `clean` takes marks off them; `done`.
 */
export const PHASE = {
  scan: 0,
  look: 1,
  idle: 2,
  delete: 3,
  truncate: 4,
  entries: 5,
  clean: 6,
  done: 7,
} as const;

/** The key of a wait queue: the address of a page, of its reference count, or a locked entry. */
export const SLEEPS_ON = { nothing: 0, page: 1, refcount: 2, entry: 3 } as const;
/** A key. */
export type SleepsOn = (typeof SLEEPS_ON)[keyof typeof SLEEPS_ON];

/** `Waiter.woken`. */
export const WOKEN = { no: 0, up: 1, bySignal: 2 } as const;

/** Puts a task to sleep on a key. */
export function sleepOn({ state }: Model, waiter: number, key: SleepsOn, object: number): void {
  state.set(Waiter.sleepsOn, waiter, key);
  state.setRef(Waiter.object, waiter, object);
  state.set(Waiter.woken, waiter, WOKEN.no);
}

/** The task runs again, and sleeps on nothing. */
export function wakeUp({ state }: Model, waiter: number): void {
  state.set(Waiter.sleepsOn, waiter, SLEEPS_ON.nothing);
  state.setRef(Waiter.object, waiter, -1);
  state.set(Waiter.woken, waiter, WOKEN.no);
}

/** wake_up_var(), wake_up(): whoever sleeps on exactly this key can go on. */
export function wake(model: Model, key: SleepsOn, object: number): void {
  const { state } = model;
  const { waiter: waiters } = state.layout.capacities;
  for (let at = state.next(Waiter.used, 0, waiters); at >= 0; ) {
    const sleeps = state.get(Waiter.sleepsOn, at) === key;
    if (sleeps && state.ref(Waiter.object, at) === object && !isWoken(model, at)) {
      state.set(Waiter.woken, at, WOKEN.up);
      model.note('waiter-woken');
    }
    at = state.next(Waiter.used, at + 1, waiters);
  }
}

/**
 * A signal is sent to a task. It wakes who waits for a page, but not while a file leaves memory, and
 * nobody who waits for an entry.
 */
export function sendSignal({ state }: Model, waiter: number): void {
  const key = state.get(Waiter.sleepsOn, waiter);
  const waitsForPage = key === SLEEPS_ON.page || key === SLEEPS_ON.refcount;
  if (waitsForPage && state.get(Waiter.work, waiter) !== WORK.evict) {
    state.set(Waiter.woken, waiter, WOKEN.bySignal);
  }
}

/** The task was woken and has not gone on yet. */
export const isWoken = ({ state }: Model, waiter: number): boolean =>
  state.get(Waiter.woken, waiter) !== WOKEN.no;

/** The task has come to its end. */
export const isDone = ({ state }: Model, waiter: number): boolean =>
  state.get(Waiter.phase, waiter) === PHASE.done;

/** What a task answered; undefined while it sleeps. */
export const answerOf = (model: Model, waiter: number): number | undefined =>
  isDone(model, waiter) ? model.state.get(Waiter.answer, waiter) : undefined;

import type { Model } from '../model.js';
import { InFlight } from '../state/columns.js';
import { type SlotAt, slotAt, tableHolding } from '../tables/tables.js';
import { IN_FLIGHT, IN_FLIGHT_MARK } from './kinds.js';

/** The operation has a mark of `IN_FLIGHT_MARK`. */
export const isMarked = ({ state }: Model, operation: number, mark: number): boolean =>
  (state.get(InFlight.marks, operation) & mark) !== 0;

/** Gives an operation a mark. */
export function mark({ state }: Model, operation: number, marks: number): void {
  state.set(InFlight.marks, operation, state.get(InFlight.marks, operation) | marks);
}

/** Takes a mark away. */
export function unmark({ state }: Model, operation: number, marks: number): void {
  state.set(InFlight.marks, operation, state.get(InFlight.marks, operation) & ~marks);
}

/** Number of the first operation in progress from one on; -1 for none. */
export const nextInFlight = ({ state }: Model, from: number): number =>
  state.next(InFlight.used, from, state.layout.capacities.inFlight);

/** The slot of the leaf-table entry that an operation is about; -1 where no table leads there. */
export const entrySlot = (model: Model, operation: number): SlotAt =>
  slotAt(
    model,
    model.state.ref(InFlight.mm, operation),
    model.state.get(InFlight.vpn, operation),
    'pte',
  );

/** Another operation holds the lock of the leaf table that this one is about (SPEC 1.8). */
export function waitsForTable(model: Model, operation: number): boolean {
  const table = tableHolding(model, entrySlot(model, operation));
  for (let other = nextInFlight(model, 0); other >= 0; other = nextInFlight(model, other + 1)) {
    if (other === operation || !isMarked(model, other, IN_FLIGHT_MARK.tableLocked)) continue;
    if (tableHolding(model, entrySlot(model, other)) === table) return true;
  }
  return false;
}

/** A flush of TLBs waits for every GUP-fast of the process that is between its steps (SPEC 15.59). */
export function waitsForGup(model: Model, operation: number): boolean {
  const { state } = model;
  const mm = state.get(InFlight.mm, operation);
  for (let other = nextInFlight(model, 0); other >= 0; other = nextInFlight(model, other + 1)) {
    if (state.get(InFlight.mm, other) !== mm) continue;
    if (isMarked(model, other, IN_FLIGHT_MARK.irqsOff)) return true;
  }
  return false;
}

/** A flush that concerns every process that maps a folio waits for all GUP-fast, whosever it is. */
export function waitsForAnyGup(model: Model): boolean {
  for (let each = nextInFlight(model, 0); each >= 0; each = nextInFlight(model, each + 1)) {
    if (isMarked(model, each, IN_FLIGHT_MARK.irqsOff)) return true;
  }
  return false;
}

/**
 * An operation in progress holds a lock that ordinary operations take: that of a page table, or
 * mmap_lock, as forks and faults do from their begin to their end.
 */
export const isMemoryLocked = (model: Model): boolean =>
  isLockedBy(model, [IN_FLIGHT.fork, IN_FLIGHT.hugeFault]);

/** The same of locks that faults wait for: of faults, any number runs at a time. */
export const isLockedForFaults = (model: Model): boolean => isLockedBy(model, [IN_FLIGHT.fork]);

function isLockedBy(model: Model, kinds: readonly number[]): boolean {
  for (let each = nextInFlight(model, 0); each >= 0; each = nextInFlight(model, each + 1)) {
    if (isMarked(model, each, IN_FLIGHT_MARK.tableLocked)) return true;
    if (kinds.includes(model.state.get(InFlight.kind, each))) return true;
  }
  return false;
}

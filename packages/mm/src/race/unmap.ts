import { folioOf, isAnonExclusive, setFlag } from '../frames/folio.js';
import { holdRefs } from '../frames/held-refs.js';
import { folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { isProtected, isReferredTo, putProtected } from '../rmap/ksm.js';
import { frameMapped } from '../rmap/mapped-walk.js';
import { checkWritable, putMigrationEntry } from '../rmap/migrate.js';
import { removeRmap } from '../rmap/remove.js';
import { endExclusive, mayShare } from '../rmap/share.js';
import { mlockKeeps, putSwapEntry } from '../rmap/swap-out.js';
import { InFlight } from '../state/columns.js';
import { entryIn, setEntry } from '../tables/tables.js';
import { BATCH_FLUSH, DEPARTURE, IN_FLIGHT, IN_FLIGHT_MARK } from './kinds.js';
import { entrySlot, isMarked, mark, unmark, waitsForGup, waitsForTable } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind, RaceStep } from './race-step.js';

const kindOf = ({ state }: Model, operation: number): number => state.get(InFlight.kind, operation);
const departureOf = ({ state }: Model, operation: number): number =>
  state.get(InFlight.departure, operation);
const frameOf = ({ state }: Model, operation: number): number =>
  state.ref(InFlight.frame, operation);

/**
 * The first step, whichever it is: the leaf table is locked, the entry still maps the page and is read.
 * Its dirty mark is the folio's from now on.
 */
function lockTable(model: Model, operation: number): Progress | undefined {
  if (isMarked(model, operation, IN_FLIGHT_MARK.tableLocked)) return undefined;
  const { state, pte } = model;
  const frame = frameOf(model, operation);
  const slot = entrySlot(model, operation);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE || !pte.is.present(entry) || frameMapped(model, entry) !== frame) {
    return 'finds it mapped no more';
  }
  const kind = kindOf(model, operation);
  const folio = folioOf(model, frame);
  if (kind === IN_FLIGHT.ksm && isProtected(model, entry, frame)) return 'is protected already';
  const vma = state.ref(InFlight.vma, operation);
  if (kind === IN_FLIGHT.swapOut && mlockKeeps(model, folio, vma)) return 'finds the VMA locked';
  if (kind !== IN_FLIGHT.ksm && pte.is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  const exclusive = isAnonExclusive(model, frame);
  if (kind === IN_FLIGHT.migrate && !exclusive) checkWritable(model, folio, entry);
  mark(model, operation, IN_FLIGHT_MARK.tableLocked | (exclusive ? IN_FLIGHT_MARK.exclusive : 0));
  state.set(InFlight.entry, operation, entry);
  return undefined;
}

/** U1: the entry is cleared. */
function clear(model: Model, operation: number): Progress {
  const early = lockTable(model, operation);
  if (early !== undefined) return early;
  mark(model, operation, IN_FLIGHT_MARK.cleared);
  if (departureOf(model, operation) === DEPARTURE['no flush, clear seen late']) {
    mark(model, operation, IN_FLIGHT_MARK.buffered);
    return 'clears the entry, unseen yet';
  }
  setEntry(model, entrySlot(model, operation), NONE);
  return 'clears the entry';
}

/** The clear leaves the store buffer, a step of the processor's own; what undid it follows at once. */
export function showClear(model: Model, operation: number): Progress {
  unmark(model, operation, IN_FLIGHT_MARK.buffered);
  const isLeft = isMarked(model, operation, IN_FLIGHT_MARK.cleared);
  if (isLeft) setEntry(model, entrySlot(model, operation), NONE);
  return 'the clear is seen';
}

/** U2: no processor uses the old entry any more once this is over, unless it is put off. */
function flush(model: Model, operation: number): Progress {
  return putsFlushOff(model, operation) ? 'puts the flush off' : 'flushes';
}

/**
 * should_defer_flush(): the flush of a batch comes after all its pages. While the test for pins relies
 * on flushes, exclusive pages are none of a batch (SPEC 24.3); later barriers do.
 */
function putsFlushOff(model: Model, operation: number): boolean {
  if ((model.state.get(InFlight.flags, operation) & BATCH_FLUSH) === 0) return false;
  switch (kindOf(model, operation)) {
    case IN_FLIGHT.swapOut: {
      const exclusive = isMarked(model, operation, IN_FLIGHT_MARK.exclusive);
      return !exclusive || model.has('share-barriers');
    }
    case IN_FLIGHT.migrate:
      return model.has('migration-batches-flushes');
    default:
      return false;
  }
}

/** U3: an exclusive page that somebody may have pinned stays mapped; KSM wants no reference at all. */
function testPins(model: Model, operation: number): Progress {
  const early = lockTable(model, operation);
  if (early !== undefined) return early;
  const frame = frameOf(model, operation);
  if (kindOf(model, operation) === IN_FLIGHT.ksm && isReferredTo(model, frame)) {
    return restore(model, operation, 'finds a reference: restores the entry');
  }
  if (!isMarked(model, operation, IN_FLIGHT_MARK.exclusive)) return 'asks nobody for pins';
  if (mayShare(model, folioOf(model, frame))) return 'finds no pin';
  return restore(model, operation, 'finds a pin: restores the entry');
}

function restore(model: Model, operation: number, why: Progress): Progress {
  unmark(model, operation, IN_FLIGHT_MARK.cleared);
  setEntry(model, entrySlot(model, operation), entryOf(model, operation));
  return why;
}

const entryOf = ({ state }: Model, operation: number): Entry =>
  state.get(InFlight.entry, operation) as Entry;

/** U4: the page is nobody's own from now on. */
function clearExclusive(model: Model, operation: number): Progress {
  if (!isMarked(model, operation, IN_FLIGHT_MARK.exclusive)) return 'nothing was exclusive';
  endExclusive(model, frameOf(model, operation));
  return 'ends exclusivity';
}

/** U5: what stands for the page, or protects it, is written; an unmapped page loses a mapping. */
function write(model: Model, operation: number): Progress {
  const { state } = model;
  const frame = frameOf(model, operation);
  const folio = folioOf(model, frame);
  const vma = state.ref(InFlight.vma, operation);
  const slot = entrySlot(model, operation);
  const entry = entryOf(model, operation);
  const exclusive = isMarked(model, operation, IN_FLIGHT_MARK.exclusive);
  if (kindOf(model, operation) === IN_FLIGHT.ksm) {
    putProtected(model, slot, entry, frame);
    return 'writes the entry';
  }
  if (kindOf(model, operation) === IN_FLIGHT.swapOut) {
    putSwapEntry(model, folio, frame, vma, slot, entry, exclusive);
  } else putMigrationEntry(model, frame, slot, entry, exclusive);
  removeRmap(model, frame, 1, vma);
  putRefs(model, folio);
  return 'writes the entry';
}

/** The folio lock and the reference are given back; that of a page isolated for migration stays. */
function end(model: Model, operation: number): void {
  const folio = folioOf(model, frameOf(model, operation));
  folioUnlock(model, folio);
  if (kindOf(model, operation) === IN_FLIGHT.migrate) holdRefs(model, folio, 1);
  putRefs(model, folio);
}

const CLEAR: RaceStep = { run: clear, waits: waitsForTable };
const FLUSH: RaceStep = {
  run: flush,
  waits: (model, operation) => !putsFlushOff(model, operation) && waitsForGup(model, operation),
};
const TEST: RaceStep = { run: testPins, waits: waitsForTable };
const SHARE: RaceStep = { run: clearExclusive };
const WRITE: RaceStep = {
  run: write,
  // Stores to one place keep their order.
  waits: (model, operation) => isMarked(model, operation, IN_FLIGHT_MARK.buffered),
};

/** Steps by departure: the kernel's own come first (SPEC 15.59). */
const STEPS: readonly (readonly RaceStep[])[] = [
  [CLEAR, FLUSH, TEST, SHARE, WRITE],
  [TEST, SHARE, WRITE],
  [TEST, CLEAR, FLUSH, SHARE, WRITE],
  [CLEAR, TEST, SHARE, WRITE],
  [CLEAR, TEST, SHARE, WRITE],
];

/** Swap-out, migration and write protection by KSM of one mapping, in steps. */
export const UNMAP: RaceKind = {
  steps: (model, operation) => STEPS[departureOf(model, operation)] as readonly RaceStep[],
  ends: new Set<Progress>([
    'finds it mapped no more',
    'is protected already',
    'finds the VMA locked',
    'finds a reference: restores the entry',
    'finds a pin: restores the entry',
  ]),
  lingers: (model, operation) => departureOf(model, operation) !== DEPARTURE.none,
  end,
};

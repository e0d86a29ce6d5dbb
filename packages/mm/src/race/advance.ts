import type { Model } from '../model.js';
import { InFlight } from '../state/columns.js';
import { FORK } from './fork.js';
import { GUP_FAST } from './gup-fast.js';
import { HUGE_FAULT } from './huge-fault.js';
import { IN_FLIGHT, IN_FLIGHT_MARK } from './kinds.js';
import { isMarked, mark } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind, RaceStep } from './race-step.js';
import { SPLIT } from './split.js';
import { showClear, UNMAP } from './unmap.js';

const KINDS: Readonly<Record<number, RaceKind>> = {
  [IN_FLIGHT.gupFast]: GUP_FAST,
  [IN_FLIGHT.swapOut]: UNMAP,
  [IN_FLIGHT.migrate]: UNMAP,
  [IN_FLIGHT.ksm]: UNMAP,
  [IN_FLIGHT.fork]: FORK,
  [IN_FLIGHT.split]: SPLIT,
  [IN_FLIGHT.hugeFault]: HUGE_FAULT,
};

/** The next step must wait: what somebody else holds or does comes first. */
export function mustWait(model: Model, operation: number): boolean {
  return nextStep(model, operation)?.waits?.(model, operation) ?? false;
}

/**
 * Runs the next step of an operation in progress. A step that must wait changes nothing; nor does one
 * of an operation that is over. What is over leaves no trace, so that states after it are equal to those
 * of the operation done at once.
 */
export function advance(model: Model, operation: number): Progress {
  const { state } = model;
  const step = nextStep(model, operation);
  if (step === undefined) return 'over';
  if (step.waits?.(model, operation)) return 'waits';
  const kind = KINDS[state.get(InFlight.kind, operation)] as RaceKind;
  const isOver = isMarked(model, operation, IN_FLIGHT_MARK.ended);
  const came = isOver ? 'over' : step.run(model, operation);
  const done = state.add(InFlight.step, operation, 1);
  if (!isOver && (kind.ends.has(came) || done === kind.steps(model, operation).length)) {
    kind.end?.(model, operation, came);
    mark(model, operation, IN_FLIGHT_MARK.ended);
  }
  if (!isLeft(model, operation, kind)) state.clear('inFlight', operation);
  return came;
}

/** It is not over, or has steps left that take their places in an order. */
function isLeft(model: Model, operation: number, kind: RaceKind): boolean {
  if (!isMarked(model, operation, IN_FLIGHT_MARK.ended)) return true;
  if (!kind.lingers?.(model, operation)) return false;
  return nextStep(model, operation) !== undefined;
}

function nextStep(model: Model, operation: number): RaceStep | undefined {
  const { state } = model;
  const kind = KINDS[state.get(InFlight.kind, operation)];
  return kind?.steps(model, operation)[state.get(InFlight.step, operation)];
}

/** Others can come to see what the operation stored; of one that is over, there is nothing to see. */
export const seesStoreNext = (model: Model, operation: number): boolean =>
  model.state.get(InFlight.used, operation) === 0 ||
  isMarked(model, operation, IN_FLIGHT_MARK.buffered);

/** Others see what the operation stored. */
export function seeStore(model: Model, operation: number): Progress {
  if (!isMarked(model, operation, IN_FLIGHT_MARK.buffered)) return 'over';
  return showClear(model, operation);
}

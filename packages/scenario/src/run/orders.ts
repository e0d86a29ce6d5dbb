import { mustWait, WAITS_FOR_RMAP_LOCK } from '@pagewright/mm';
import type { StepFile } from '../format/definition.js';
import { callOf } from '../format/operation-of.js';
import type { World } from '../setup/world.js';
import { argumentsOf } from './arguments.js';
import { runStep, type StepRun } from './run-step.js';

/** A part of an unordered step, with the steps that are done. */
export interface Part {
  readonly name: string;
  readonly steps: readonly StepFile[];
}

/** A step that was done, and whose it is. */
export interface DoneStep {
  readonly part: string;
  readonly run: StepRun;
}

/** Orders that came to the same: the same answers, and the same state. */
export interface OrderOutcome {
  readonly count: number;
  /** The first of them: whose step each one was. */
  readonly first: readonly string[];
  /** Steps of each part in that order, as they went. */
  readonly parts: readonly { readonly name: string; readonly steps: readonly StepRun[] }[];
  /** What was done after it. */
  readonly after: readonly StepRun[];
  readonly changes: readonly string[];
  /** Nobody could go on: all that was left had to wait. */
  readonly stuck: boolean;
}

/** How the orders of a step went. */
export interface OrdersRun {
  readonly total: number;
  readonly conditions: readonly { readonly name: string; readonly count: number }[];
  readonly outcomes: readonly OrderOutcome[];
}

/**
 * Runs the steps of parts in every order in which none has to wait, the first parts first, and calls
 * back in the state after each. The world is as before afterwards, but for a single order that is
 * named: then it stays where that led.
 *
 * @param order whose steps come in turn; every order when it is not said
 * @param atEnd what was done, and that nobody could go on
 */
export function runOrders(
  world: World,
  parts: readonly Part[],
  order: readonly string[] | undefined,
  atEnd: (done: readonly DoneStep[], stuck: boolean) => void,
): void {
  const visit = (done: readonly DoneStep[], left: readonly (readonly StepFile[])[]): void => {
    if (left.every((steps) => steps.length === 0) || isBug(done.at(-1))) {
      atEnd(done, false);
      return;
    }
    const saved = world.save();
    let stuck = true;
    parts.forEach(({ name }, i) => {
      const [step, ...rest] = left[i] ?? [];
      if (step === undefined || (order !== undefined && order[done.length] !== name)) return;
      if (!stuck) world.restore(saved);
      const run = runUnlessItWaits(world, step, (left[i] ?? []).length);
      if (run === undefined) {
        world.restore(saved);
        return;
      }
      stuck = false;
      const others = left.map((steps, j) => (i === j ? rest : steps));
      visit([...done, { part: name, run }], others);
    });
    if (stuck) atEnd(done, true);
    if (order === undefined) world.restore(saved);
  };
  visit(
    [],
    parts.map(({ steps }) => steps),
  );
}

const isBug = (last: DoneStep | undefined): boolean => last?.run.answer.startsWith('BUG ') ?? false;

/** The step as it went; undefined when it must wait for somebody, in which case the state is no answer. */
function runUnlessItWaits(world: World, step: StepFile, number: number): StepRun | undefined {
  const call = callOf(step);
  if (call !== undefined) {
    const args = argumentsOf(world, call);
    if (mustWait(world.model, call.operation, args)) return undefined;
  }
  const run = runStep(world, step, number, false);
  return run.notes.includes(WAITS_FOR_RMAP_LOCK) ? undefined : run;
}

import { setImmediate } from 'node:timers/promises';
import { ok, type Result } from '@pagewright/core';
import {
  type Bound,
  beginBound,
  type Stepper,
  tokenOf,
  type WalkOptions,
  type WalksResult,
  walkAtRandom,
} from '@pagewright/explore';
import { progressDone, slowProgress } from '../progress.js';
import type { BoundGround } from './bounds.js';
import { whileInterruptible } from './interrupt.js';
import { type Way, wayOf } from './search.js';

/** What walks at random found, with the way that they found first. */
export interface Walked {
  readonly result: WalksResult;
  readonly way?: Way;
}

/** Walks between two looks at whether Ctrl-C was pressed. */
const PACE = 16;

/** Walks at random, through bounds that are too large to be searched. Codes: those of `beginBound`. */
export async function walkBound(
  bound: Bound,
  ground: BoundGround,
  options: WalkOptions,
): Promise<Result<Walked>> {
  const begin = () => beginBound(bound, ground.form, ground.kernel, false);
  const first = begin();
  if (!first.ok) return first;
  const result = await whileInterruptible((isInterrupted) =>
    walkOn(
      () => {
        const stepper = begin();
        // It began a moment ago, and begins the same each time.
        if (!stepper.ok) throw new Error(stepper.problem.message);
        return stepper.value;
      },
      options,
      isInterrupted,
    ),
  );
  progressDone();
  const { violation } = result;
  if (violation === undefined) return ok({ result });
  const way = wayOf(bound, ground, violation.actions);
  if (!way.ok) return way;
  const token = tokenOf(violation.actions);
  return ok({ result, way: { ids: [violation.id], token, steps: way.value.steps } });
}

/** Some walks at a time, until something breaks or it is time to stop. */
async function walkOn(
  begin: () => Stepper,
  options: WalkOptions,
  isInterrupted: () => boolean,
): Promise<WalksResult> {
  const tell = slowProgress();
  let done = { walks: 0, transitions: 0, cut: 0 };
  while (done.walks < options.walks && !isInterrupted()) {
    const walks = Math.min(PACE, options.walks - done.walks);
    const some = walkAtRandom(begin, { ...options, seed: options.seed + done.walks, walks });
    done = {
      walks: done.walks + some.walks,
      transitions: done.transitions + some.transitions,
      cut: done.cut + some.cut,
    };
    if (some.violation !== undefined) return { ...some, ...done };
    tell(() => `${done.walks} walks, ${done.transitions} transitions`);
    await setImmediate();
  }
  return done;
}

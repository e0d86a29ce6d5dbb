import { ok, type Result } from '@pagewright/core';
import {
  type Bound,
  beginBound,
  tokenOf,
  type WalkOptions,
  type WalksResult,
  walkAtRandom,
} from '@pagewright/explore';
import type { BoundGround } from './bounds.js';
import { type Way, wayOf } from './search.js';

/** What walks at random found, with the way that they found first. */
export interface Walked {
  readonly result: WalksResult;
  readonly way?: Way;
}

/** Walks at random, through bounds that are too large to be searched. Codes: those of `beginBound`. */
export function walkBound(bound: Bound, ground: BoundGround, options: WalkOptions): Result<Walked> {
  const begin = () => beginBound(bound, ground.form, ground.kernel, false);
  const first = begin();
  if (!first.ok) return first;
  const result = walkAtRandom(() => {
    const stepper = begin();
    // It began a moment ago, and begins the same each time.
    if (!stepper.ok) throw new Error(stepper.problem.message);
    return stepper.value;
  }, options);
  const { violation } = result;
  if (violation === undefined) return ok({ result });
  const way = wayOf(bound, ground, violation.actions);
  if (!way.ok) return way;
  const token = tokenOf(violation.actions);
  return ok({ result, way: { ids: [violation.id], token, steps: way.value.steps } });
}

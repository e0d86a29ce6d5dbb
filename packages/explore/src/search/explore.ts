import { type EntryForm, fail, type Kernel, ok, type Result } from '@pagewright/core';
import { ScenarioStop } from '@pagewright/scenario/parts';
import type { Bound } from '../format/parse.js';
import { beginWorld } from '../world/setup.js';
import { Stepper } from '../world/stepper.js';
import type { Progress, SearchLimits, SearchResult } from './result.js';
import { Search } from './search.js';

/**
 * The world of a bound, ready for its first action. Codes: those of `beginWorld`.
 *
 * @param symmetry what the bound calls interchangeable is so
 */
export function beginBound(
  bound: Bound,
  form: EntryForm,
  kernel: Kernel,
  symmetry = true,
): Result<Stepper> {
  const world = beginWorld(bound, form, kernel);
  if (!world.ok) return world;
  try {
    return ok(
      new Stepper(bound, world.value, symmetry && bound.file.interchangeable !== undefined),
    );
  } catch (error) {
    if (!(error instanceof ScenarioStop)) throw error;
    return fail('bad-bound', `${bound.where(['actions'])}: ${error.message}`);
  }
}

/** Searches a bound on a form and a kernel. Codes: those of `beginBound`. */
export function explore(
  bound: Bound,
  form: EntryForm,
  kernel: Kernel,
  limits: SearchLimits = {},
  tell?: (progress: Progress) => void,
): Result<SearchResult> {
  const stepper = beginBound(bound, form, kernel);
  return stepper.ok ? ok(new Search(stepper.value, limits, tell).run()) : stepper;
}

import { applyStep, ok, type Result } from '@pagewright/core';
import type { Make, WalkStep } from './path.js';
import type { Outcome, Runs } from './runs.js';

/**
 * Ids of the changes that give an outcome, or what it says, together, found by leaving out of the way that led there
 * all that can be left out, latest first; none where the way's last step gives it with nothing but
 * what it requires.
 */
export function togetherWith(
  runs: Runs,
  start: Make,
  way: readonly WalkStep[],
  outcome: Outcome,
  by: 'text' | 'said',
): Result<readonly string[]> {
  const last = way.at(-1) as WalkStep;
  const alone = gives(runs, start, neededBy(last, way), outcome, by);
  if (!alone.ok) return alone;
  if (alone.value) return ok([]);
  let kept = way;
  for (const step of way.slice(0, -1).filter(mayStay).reverse()) {
    const rest = kept.filter((each) => each !== step);
    const without = gives(runs, start, rest, outcome, by);
    if (!without.ok) return without;
    if (without.value) kept = rest;
  }
  const free = kept.filter((step) => step === last || mayStay(step));
  return ok(free.filter((step) => !free.some((user) => needs(user, step))).map(idOf));
}

/** What a step is called by. */
export const idOf = (step: WalkStep): string =>
  step.step === 'headers' ? `headers-${step.headers}` : step.change.id;

/** Older headers come before all changes, which newer ones know no entries for: they go along. */
const mayStay = ({ step }: WalkStep): boolean => step !== 'headers';

/** A step cannot be taken without another: a change before what it requires, gone before it goes. */
function needs(user: WalkStep, step: WalkStep): boolean {
  if (user.step === 'apply' && step.step === 'apply') {
    return user.change.requires.includes(step.change.id);
  }
  if (user.step === 'undo' && step.step === 'undo') {
    return step.change.requires.includes(user.change.id);
  }
  return false;
}

/** A step, with those of the way that it needs, in their order. */
function neededBy(last: WalkStep, way: readonly WalkStep[]): readonly WalkStep[] {
  const needed = new Set([last]);
  for (const step of [...way].reverse()) {
    if (!mayStay(step) || [...needed].some((user) => needs(user, step))) needed.add(step);
  }
  return way.filter((step) => needed.has(step));
}

/** Whether some of the steps give the outcome; those that cannot be taken alone do not. */
function gives(
  runs: Runs,
  start: Make,
  steps: readonly WalkStep[],
  wanted: Outcome,
  by: 'text' | 'said',
): Result<boolean> {
  let make = start;
  for (const step of steps) {
    if (step.step === 'headers') make = { ...make, headers: step.headers };
    else {
      const changes = applyStep(make.changes, step);
      if (!changes.ok) return ok(false);
      make = { ...make, changes: changes.value };
    }
  }
  const outcome = runs.outcomeOf(make);
  return outcome.ok ? ok(outcome.value[by] === wanted[by]) : outcome;
}

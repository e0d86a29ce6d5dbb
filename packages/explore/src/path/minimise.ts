import type { Stepper } from '../world/stepper.js';
import { replay } from './replay.js';

/**
 * A way that still breaks what a way breaks, of which neither an action nor two can be left out: a child
 * that is not needed goes together with its end.
 *
 * @param begin makes a stepper in the state that ways begin in
 */
export function minimise(
  begin: () => Stepper,
  actions: readonly number[],
  id: string,
): readonly number[] {
  for (const shorter of shortened(actions)) {
    const found = breaks(begin(), shorter, id);
    if (found !== undefined) return minimise(begin, found, id);
  }
  return actions;
}

/** Without one action, then without two. */
function* shortened(actions: readonly number[]): Generator<readonly number[], void> {
  for (let i = 0; i < actions.length; i++) yield actions.toSpliced(i, 1);
  for (let i = 0; i < actions.length; i++) {
    for (let j = i + 1; j < actions.length; j++) yield actions.toSpliced(j, 1).toSpliced(i, 1);
  }
}

/** A way up to where it breaks something; undefined when it does not. */
function breaks(
  stepper: Stepper,
  actions: readonly number[],
  id: string,
): readonly number[] | undefined {
  const went = replay(stepper, actions);
  if (!went.ok) return undefined;
  const end = went.value.findIndex(({ broken }) => broken.includes(id));
  return end < 0 ? undefined : actions.slice(0, end + 1);
}

import type { Stepper } from '../world/stepper.js';
import { replay } from './replay.js';

/**
 * A way that still breaks what a way breaks, of which no action can be left out.
 *
 * @param begin makes a stepper in the state that ways begin in
 */
export function minimise(
  begin: () => Stepper,
  actions: readonly number[],
  id: string,
): readonly number[] {
  let kept = actions;
  for (let i = 0; i < kept.length; ) {
    const shorter = breaks(begin(), kept.toSpliced(i, 1), id);
    if (shorter === undefined) i++;
    else {
      kept = shorter;
      i = 0;
    }
  }
  return kept;
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

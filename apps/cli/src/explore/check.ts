import { fail, ok, type Result } from '@pagewright/core';
import type { Bound } from '@pagewright/explore';
import type { FormSource } from '@pagewright/scenario';
import { type BoundGround, groundsOf, kernelsOf, readBound } from './bounds.js';
import { disappointments, expectedOn } from './expected.js';
import { type SearchChoice, type Searched, searchBound } from './search.js';

/** A search of a shipped bound, and what of it is not as its file says. */
export interface Checked {
  readonly searched: Searched;
  readonly wrong: readonly string[];
}

/** Searches of shipped bounds. */
export interface AllChecked {
  readonly checked: readonly Checked[];
  /** Ctrl-C ended it before all were searched. */
  readonly isInterrupted: boolean;
}

/** Searches bounds on every kernel that they name, and compares with what they expect. */
export async function checkBounds(
  paths: readonly string[],
  source: FormSource,
  choice: SearchChoice,
): Promise<Result<AllChecked>> {
  const checked: Checked[] = [];
  for (const path of paths) {
    const bound = readBound(path);
    if (!bound.ok) return bound;
    for (const kernel of kernelsOf(bound.value)) {
      const grounds = groundsOf(bound.value, source, { kernel });
      if (!grounds.ok) return grounds;
      for (const ground of grounds.value) {
        const one = await checkOn(bound.value, ground, choice);
        if (!one.ok) return one;
        if (one.value.searched.result.stoppedBy === 'user') {
          return ok({ checked, isInterrupted: true });
        }
        checked.push(one.value);
      }
    }
  }
  return ok({ checked, isInterrupted: false });
}

async function checkOn(
  bound: Bound,
  ground: BoundGround,
  choice: SearchChoice,
): Promise<Result<Checked>> {
  const expected = expectedOn(bound.file, ground.kernel);
  if (expected === undefined) {
    const message = `${bound.name}: expects nothing of ${ground.kernel.revision.id}`;
    return fail('no-expectation', message);
  }
  const searched = await searchBound(bound, ground, choice);
  if (!searched.ok) return searched;
  return ok({
    searched: searched.value,
    wrong: disappointments(searched.value.result, expected),
  });
}

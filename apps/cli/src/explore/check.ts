import { fail, ok, type Result } from '@pagewright/core';
import type { Bound } from '@pagewright/explore';
import type { FormSource } from '@pagewright/scenario';
import { groundsOf, kernelsOf, readBound } from './bounds.js';
import { disappointments, expectedOn } from './expected.js';
import { type SearchChoice, type Searched, searchBound } from './search.js';

/** A search of a shipped bound, and what of it is not as its file says. */
export interface Checked {
  readonly searched: Searched;
  readonly wrong: readonly string[];
}

/** Searches bounds on every kernel that they name, and compares with what they expect. */
export async function checkBounds(
  paths: readonly string[],
  source: FormSource,
  choice: SearchChoice,
): Promise<Result<readonly Checked[]>> {
  const checked: Checked[] = [];
  for (const path of paths) {
    const bound = readBound(path);
    if (!bound.ok) return bound;
    for (const kernel of kernelsOf(bound.value)) {
      const some = await checkOn(bound.value, source, kernel, choice);
      if (!some.ok) return some;
      checked.push(...some.value);
    }
  }
  return ok(checked);
}

async function checkOn(
  bound: Bound,
  source: FormSource,
  kernel: string,
  choice: SearchChoice,
): Promise<Result<readonly Checked[]>> {
  const grounds = groundsOf(bound, source, { kernel });
  if (!grounds.ok) return grounds;
  const checked: Checked[] = [];
  for (const ground of grounds.value) {
    const expected = expectedOn(bound.file, ground.kernel);
    if (expected === undefined) {
      return fail(
        'no-expectation',
        `${bound.name}: expects nothing of ${ground.kernel.revision.id}`,
      );
    }
    const searched = await searchBound(bound, ground, choice);
    if (!searched.ok) return searched;
    checked.push({
      searched: searched.value,
      wrong: disappointments(searched.value.result, expected),
    });
  }
  return ok(checked);
}

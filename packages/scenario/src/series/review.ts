import { ok, type Result, type Series } from '@pagewright/core';
import type { Scenario } from '../format/parse.js';
import type { FormSource } from '../setup/forms.js';
import { type Comparison, compare } from './compare.js';
import { scenariosOf } from './pairs.js';
import { type Companion, companionsOf, type Patch, patchesOf } from './patches.js';

/** A patch with what runs before and after it show. */
export interface ReviewedPatch extends Patch {
  readonly comparisons: readonly Comparison[];
  /** An effect is shown by a scenario, or none is and there is none. */
  readonly holds: boolean;
  /** What the runs show, in a few words. */
  readonly shows: string;
}

/** A series, patch by patch, held against runs. */
export interface Review {
  readonly series: Series;
  readonly patches: readonly ReviewedPatch[];
  readonly companions: readonly Companion[];
}

/** Runs the scenarios about each patch of a series, or about one. Codes: those of `compare`. */
export function review(
  series: Series,
  scenarios: readonly Scenario[],
  source: FormSource,
  only?: number,
): Result<Review> {
  const patches: ReviewedPatch[] = [];
  for (const patch of patchesOf(series)) {
    if (only !== undefined && patch.n !== only) continue;
    const comparisons: Comparison[] = [];
    for (const scenario of scenariosOf(patch, scenarios)) {
      const comparison = compare(scenario, source, patch);
      if (!comparison.ok) return comparison;
      comparisons.push(comparison.value);
    }
    const differs = comparisons.some((each) => each.differs.length > 0);
    const shows = showsOf(patch, comparisons);
    patches.push({ ...patch, comparisons, holds: differs === patch.effect, shows });
  }
  return ok({ series, patches, companions: companionsOf(series) });
}

/** Forms that are named one by one. */
const FEW_FORMS = 3;

function showsOf({ effect }: Patch, comparisons: readonly Comparison[]): string {
  const differing = comparisons.filter(({ differs }) => differs.length > 0);
  if (differing.length === 0) {
    if (comparisons.length === 0) return effect ? 'no scenario is about it' : 'no effect';
    return effect ? 'the same in every scenario about it' : 'no effect: scenarios go the same';
  }
  const forms = new Set(differing.flatMap(({ differs }) => differs));
  const all = new Set(comparisons.flatMap(({ differs, same }) => [...differs, ...same]));
  const names =
    forms.size <= FEW_FORMS ? [...forms].join(' ') : `${forms.size} of ${all.size} forms`;
  return `${effect ? '' : 'against its text: '}differs on ${names}`;
}

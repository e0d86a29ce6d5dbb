import type { Review } from './review.js';

/** A series as JSON has it. */
export function seriesData({ series, patches, companions }: Review) {
  return {
    name: series.name,
    base: `${series.name}/0`,
    patches: patches.map(({ n, title, commit, effect, why, inferred, comparisons }) => ({
      n,
      title,
      ...(commit === undefined ? {} : { commit }),
      effect,
      why,
      inferred,
      scenarios: comparisons.map(({ scenario }) => scenario.name),
    })),
    companions: companions.map((companion) => ({ ...companion })),
  };
}

import type { Companion } from './patches.js';
import type { Review } from './review.js';

/** A series as JSON has it. */
export type SeriesData = {
  /** What stands before the slash of its revisions. */
  readonly name: string;
  /** The revision that the patches build on. */
  readonly base: string;
  readonly patches: readonly PatchData[];
  /** Changes from outside that came along. */
  readonly companions: readonly Companion[];
};

/** A patch as JSON has it. */
export type PatchData = {
  /** Its number in the series. */
  readonly n: number;
  readonly title: string;
  readonly commit?: string;
  /** Something that can be seen differs after the patch. */
  readonly effect: boolean;
  /** What differs, or why nothing does. */
  readonly why: string;
  /** The semantics deduced a part of it. */
  readonly inferred: boolean;
  /**
   * Files, relative to the repository, that run before and after the patch: those whose
   * `machine.kernel` names both revisions.
   */
  readonly scenarios: readonly string[];
};

/** A series as data. */
export function seriesData({ series, patches, companions }: Review): SeriesData {
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

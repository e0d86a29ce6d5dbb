import type { BisectionData, ResultData, RunData, SeriesData } from '@pagewright/scenario';

/** What `scenario` answers. */
export type ScenarioOutput = {
  readonly schema: 'pagewright/scenario/1';
  readonly scenarios: readonly ResultData[];
};

/** What `scenario new` answers. */
export type ScenarioNewOutput = {
  readonly schema: 'pagewright/scenario-new/1';
  /** The file that was written; null when none was named. */
  readonly file: string | null;
  /** The scenario to start from. */
  readonly text: string;
};

/** What `diff` answers. */
export type DiffOutput = {
  readonly schema: 'pagewright/diff/1';
  readonly file: string;
  readonly form: string;
  /** The two kernels, A and B. */
  readonly kernels: readonly [string, string];
  /** Position of the first step that went differently, from 1, or null. */
  readonly differs: number | null;
  /** The run of each kernel. */
  readonly runs: readonly RunData[];
};

/** What `bisect` answers. */
export type BisectOutput = { readonly schema: 'pagewright/bisect/1' } & BisectionData;

/** What `series` answers. */
export type SeriesOutput = {
  readonly schema: 'pagewright/series/1';
  readonly series: readonly SeriesData[];
};

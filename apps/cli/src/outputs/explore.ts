import type { StoppedBy } from '@pagewright/explore';
import type { RecordKind } from '@pagewright/mm';

/** What a search runs on. */
export type GroundData = {
  readonly kernel: string;
  readonly form: string;
  /** Options of the kernel. */
  readonly config: Readonly<Record<string, 'y' | 'n'>>;
};

/** An action as it went. */
export type WayStepData = {
  /** The operation with its arguments. */
  readonly action: string;
  /** What it answered; `BUG id` where the kernel stopped. */
  readonly outcome: string;
  /** The name that its answer got. */
  readonly as?: string;
  /** What the kernel said, a line each. */
  readonly said: readonly string[];
  /** What changed, a line each. */
  readonly changes: readonly string[];
  /** What is broken now. */
  readonly broken: readonly string[];
};

/** Something that is broken, and the shortest way there. */
export type ViolationData = {
  /** `I20`, `BUG id`, `WARN id`, `report`, the name of a condition, `X answers Y`. */
  readonly invariant: string;
  /** How many actions lead there. */
  readonly length: number;
  /** For `--replay`. */
  readonly token: string;
  readonly steps: readonly WayStepData[];
};

/** How often a condition holds, as litmus tests say it. */
type Observed = {
  readonly observation: string;
  readonly positive: number;
  readonly negative: number;
};

/** What `explore` answers. */
export type ExploreOutput = { readonly schema: 'pagewright/explore/1' } & GroundData & {
    readonly bound: string;
    /** Every state was looked at and nothing is broken: what `holds` stands for. */
    readonly finished: boolean;
    /** Why it ended before. */
    readonly stoppedBy?: StoppedBy;
    /** Of which records there are too few. */
    readonly capacity?: RecordKind;
    /** File that `--resume` goes on from, where the search left one. */
    readonly checkpoint?: string;
    readonly states: number;
    readonly transitions: number;
    readonly depth: number;
    readonly seconds: number;
    /** One of each kind, the shortest first. */
    readonly violations: readonly ViolationData[];
    /** Conditions that should be reached, and after how many actions they were. */
    readonly sometimes: readonly {
      readonly id: string;
      readonly reached: boolean;
      readonly length: number | null;
    }[];
    /** Ways that end in a condition and ways that do not, where the bound asks. */
    readonly ends?: readonly ({ readonly id: string } & Observed)[];
  };

/** What `explore --replay` answers. */
export type ReplayOutput = {
  readonly schema: 'pagewright/explore-replay/1';
  readonly bound: string;
} & GroundData & {
    readonly token: string;
    readonly steps: readonly WayStepData[];
  };

/** What `explore --check` answers. */
export type ExploreCheckOutput = {
  readonly schema: 'pagewright/explore-check/1';
  readonly searches: readonly CheckedData[];
};

/** A search, and what of it is not as expected. */
export type CheckedData = ExploreOutput & {
  readonly file: string;
  /** A sentence each. */
  readonly wrong: readonly string[];
};

/** What `explore --bisect` answers. */
export type ExploreBisectOutput = {
  readonly schema: 'pagewright/explore-bisect/1';
  readonly bound: string;
  readonly from: string;
  readonly to: string;
  readonly form: string;
  /** Changes between the two kernels. */
  readonly changes: number;
  /** How often the bound was searched. */
  readonly searches: number;
  /** Changes that alter what is found. */
  readonly alterations: readonly {
    readonly change: { readonly id: string; readonly title: string; readonly source: string };
    readonly before: string;
    readonly after: string;
  }[];
};

/** What `explore --mode random` and `swarm` answer. */
export type WalksOutput = {
  readonly schema: 'pagewright/explore-walks/1';
  readonly bound: string;
} & GroundData & {
    readonly mode: 'random' | 'swarm';
    /** Of the first walk. */
    readonly seed: number;
    readonly walks: number;
    readonly transitions: number;
    /** Walks that ended for want of room. */
    readonly cut: number;
    /** Seed of the walk that found something. */
    readonly foundBySeed: number | null;
    readonly violations: readonly ViolationData[];
  };

/** What `explore` answers about a scenario with unordered parts. */
export type LitmusOutput = {
  readonly schema: 'pagewright/explore-litmus/1';
  readonly scenario: string;
  readonly observed: readonly LitmusData[];
};

/** The orders of one step, on one form and kernel. */
export type LitmusData = {
  readonly form: string;
  readonly kernel: string;
  /** Position in the file, from 1. */
  readonly step: number;
  /** How many orders there are. */
  readonly orders: number;
  /** What they come to: how many come to each, and the first of these, whose step each one was. */
  readonly states: readonly { readonly orders: number; readonly first: readonly string[] }[];
  readonly conditions: readonly ({ readonly name: string } & Observed)[];
  /** What is not as expected. */
  readonly failures: readonly string[];
};

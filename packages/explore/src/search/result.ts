import type { RecordKind } from '@pagewright/mm';

/** Why a search ended before every state was looked at. */
export type StoppedBy = 'depth' | 'states' | 'memory' | 'time' | 'capacity' | 'user';

/** Something that is broken, and the shortest way there. */
export interface Violation {
  /** `I20`, `BUG id`, `WARN id`, `report`, the name of a condition, `X answers Y`. */
  readonly id: string;
  /** Numbers of the actions that lead there. */
  readonly actions: readonly number[];
}

/** A condition that should be reached, and after how many actions it was; null when it was not. */
export interface Reached {
  readonly id: string;
  readonly length: number | null;
}

/** What a search found. */
export interface SearchResult {
  /** Every state was looked at: only then it is said that all holds. */
  readonly finished: boolean;
  readonly stoppedBy?: StoppedBy;
  /** Records that the model had no room for, where that is why it stopped. */
  readonly capacity?: RecordKind;
  readonly states: number;
  /** Actions that happened, in all states that were looked at. */
  readonly transitions: number;
  /** Actions to the states that are farthest away. */
  readonly depth: number;
  /** One of each kind, the shortest first. The level of the first is searched to its end. */
  readonly violations: readonly Violation[];
  readonly sometimes: readonly Reached[];
  /** States without successors, and how many of them fulfil each condition of `ends`. */
  readonly ended: number;
  readonly ends: readonly { readonly id: string; readonly states: number }[];
}

/** Where a search ends early. */
export interface SearchLimits {
  readonly depth?: number;
  readonly states?: number;
  /** Bytes of the table of states. */
  readonly memory?: number;
  /** Asked after every turn: why it has to stop, if it has. */
  readonly mustStop?: () => 'time' | 'user' | undefined;
}

/** How far a search is. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** States that wait to be looked at. */
  readonly queue: number;
  readonly bytes: number;
}

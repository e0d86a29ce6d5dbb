import type { RecordKind } from '@pagewright/mm';

/** States that are to be expanded, by their numbers: the first, and the one behind the last. */
export interface Turn {
  readonly from: number;
  readonly to: number;
}

/** Something that is broken. */
export interface Broken {
  /** Record of the state that breaks it; -1 when the action does, whatever it leads to. */
  readonly record: number;
  /** Number of the state before, and the action: for a state, one of the ways to it. */
  readonly parent: number;
  readonly action: number;
  readonly what: readonly string[];
}

/** Why states could not be expanded: no more memory, or no more room of a kind in the model. */
export type NoRoom = 'memory' | RecordKind;

/** What came of a turn, or of a part of it that one of several threads did. */
export interface Round {
  transitions: number;
  readonly broken: Broken[];
  /** Conditions of `sometimes` that new states fulfil. */
  readonly reached: Set<string>;
  /** States without successors, and how many of them fulfil each condition of `ends`. */
  ended: number;
  readonly ends: Map<string, number>;
  /** What stopped it before all was done. */
  noRoom?: NoRoom;
}

/** A round in which nothing has happened. */
export const emptyRound = (): Round => ({
  transitions: 0,
  broken: [],
  reached: new Set(),
  ended: 0,
  ends: new Map(),
});

/** Adds what a thread did to what others did. */
export function addRound(sum: Round, part: Round): void {
  sum.transitions += part.transitions;
  for (const each of part.broken) sum.broken.push(each);
  for (const id of part.reached) sum.reached.add(id);
  sum.ended += part.ended;
  for (const [id, count] of part.ends) sum.ends.set(id, (sum.ends.get(id) ?? 0) + count);
  if (part.noRoom !== undefined) sum.noRoom ??= part.noRoom;
}

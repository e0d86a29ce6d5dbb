import type { StateTable } from '../table.js';
import type { Violation } from './result.js';
import type { Round } from './round.js';

/** The least way to something that is broken: number of the state before, and the action. */
export interface LeastWay {
  readonly parent: number;
  readonly action: number;
}

interface Sight extends LeastWay {
  readonly what: readonly string[];
  readonly isByAction: boolean;
}

/** What a search has found so far: plain values, which a checkpoint keeps. */
export class Findings {
  /** The first that breaks something, by what. */
  readonly violations = new Map<string, LeastWay>();
  /** Actions to the nearest state that fulfils a condition. */
  readonly reached = new Map<string, number>();
  /** States without successors, by the conditions that they fulfil. */
  readonly ends = new Map<string, number>();
  /** States without successors. */
  ended = 0;
  transitions = 0;

  /**
   * Takes what came of a round whose new states are `length` actions away.
   *
   * Of a state that breaks something nothing is said where the action that leads to it does already.
   */
  take(round: Round, table: StateTable, length: number): void {
    this.transitions += round.transitions;
    this.ended += round.ended;
    for (const [id, count] of round.ends) this.ends.set(id, (this.ends.get(id) ?? 0) + count);
    for (const id of round.reached) if (!this.reached.has(id)) this.reached.set(id, length);
    const sights = round.broken
      .map(({ record, parent, action, what }): Sight => {
        if (record < 0) return { parent, action, what, isByAction: true };
        const way = { parent: table.parentOfRecord(record), action: table.actionOfRecord(record) };
        return { ...way, what, isByAction: false };
      })
      .sort(inOrder);
    let last: Sight | undefined;
    for (const sight of sights) {
      const { parent, action, what, isByAction } = sight;
      const isSame = last?.isByAction && last.parent === parent && last.action === action;
      if (!isByAction && isSame) continue;
      last = sight;
      for (const id of what) {
        if (!this.violations.has(id)) this.violations.set(id, { parent, action });
      }
    }
  }

  /** @param wayTo actions that lead to a state */
  result(wayTo: (number: number) => readonly number[]): Violation[] {
    return [...this.violations].map(([id, { parent, action }]) => ({
      id,
      actions: parent < 0 ? [] : [...wayTo(parent), action],
    }));
  }
}

const inOrder = (a: Sight, b: Sight): number =>
  a.parent - b.parent || a.action - b.action || Number(b.isByAction) - Number(a.isByAction);

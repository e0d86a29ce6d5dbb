import type { Judge } from './judge.js';
import type { Reached, Violation } from './result.js';

/** What a search has found so far. */
export class Findings {
  /** The first that breaks something, by what: the state before, and the action. */
  readonly violations = new Map<string, { readonly parent: number; readonly action: number }>();
  private readonly lengths: (number | null)[];

  constructor(private readonly judge: Judge) {
    this.lengths = judge.sometimes.map(() => null);
  }

  /** Looks at the state that the search begins in. */
  atBeginning(): void {
    this.newState(0);
    this.broken(-1, 0, this.judge.ofState());
  }

  /** Looks at a state that is new whether conditions are reached there. */
  newState(length: number): void {
    const { lengths, judge } = this;
    for (let i = 0; i < lengths.length; i++) {
      if (lengths[i] === null && judge.sometimes[i]?.holds() === true) lengths[i] = length;
    }
  }

  /** Something is broken after an action in a state. */
  broken(parent: number, action: number, what: readonly string[]): void {
    for (const id of what) {
      if (!this.violations.has(id)) this.violations.set(id, { parent, action });
    }
  }

  /** @param wayTo actions that lead to a state */
  result(wayTo: (number: number) => readonly number[]): Violation[] {
    return [...this.violations].map(([id, { parent, action }]) => ({
      id,
      actions: parent < 0 ? [] : [...wayTo(parent), action],
    }));
  }

  reached(): Reached[] {
    return this.judge.sometimes.map(({ id }, i) => ({ id, length: this.lengths[i] ?? null }));
  }
}

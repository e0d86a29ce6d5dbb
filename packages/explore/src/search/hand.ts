import { CapacityError } from '@pagewright/mm';
import { Key } from '../key.js';
import { FULL, KNOWN, type StateTable } from '../table.js';
import type { Condition } from '../world/condition.js';
import type { Expander, Visitor } from './expander.js';

/** Something that is broken. */
export interface Broken {
  /** Record of the state that breaks it; -1 when the action does, whatever it leads to. */
  readonly record: number;
  /** Number of the state before, and the action: of a record, one of several ways to it. */
  readonly parent: number;
  readonly action: number;
  readonly what: readonly string[];
}

/** Why states could not be expanded: no more memory; no more room of a kind in the model. */
export type NoRoom =
  | { readonly by: 'memory' }
  | { readonly by: 'capacity'; readonly record: string };

/** What came of expanding some states. It does not depend on how many threads did it. */
export interface Round {
  transitions: number;
  readonly broken: Broken[];
  /** Conditions of `sometimes` that new states fulfil. */
  readonly reached: Set<string>;
  /** States without successors, by the conditions of `ends` that they fulfil. */
  readonly ends: Map<string, number>;
  /** States without successors. */
  ended: number;
  /** What stopped it before all were expanded. */
  noRoom?: NoRoom;
}

/** A round in which nothing has happened. */
export const emptyRound = (): Round => ({
  transitions: 0,
  broken: [],
  reached: new Set(),
  ends: new Map(),
  ended: 0,
});

/** Expands states of a table one at a time: what each thread of a search has one of. */
export class Hand implements Visitor {
  private readonly from = new Key();
  private pending: readonly Condition[];
  private round = emptyRound();
  private parent = -1;
  /** Record of the state that the last action led to, or what `put` answered instead. */
  private record = KNOWN;

  constructor(
    private readonly expander: Expander,
    private readonly table: StateTable,
  ) {
    this.pending = expander.judge.sometimes;
  }

  /** Starts to note what happens in a round. */
  begin(): void {
    this.round = emptyRound();
  }

  /** What happened in the round. */
  get result(): Round {
    return this.round;
  }

  /** Puts the state into the table that the expander is in, as the first, and looks at it. */
  start(): void {
    const { expander, table } = this;
    expander.write();
    this.parent = -1;
    this.record = table.put(expander.key, -1, 0);
    if (this.record === FULL) this.round.noRoom = { by: 'memory' };
    if (this.record < 0) return;
    this.lookAround();
    const what = expander.judge.ofState();
    if (what.length > 0) this.broken(0, what);
  }

  /** Expands the state with a number; false when that cannot be done, or not in full. */
  expand(number: number): boolean {
    const { expander, table, from, round } = this;
    table.read(number, from);
    this.parent = number;
    try {
      const transitions = expander.expand(from.bytes, this);
      round.transitions += transitions;
      if (transitions === 0) this.end();
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      round.noRoom = { by: 'capacity', record: error.record };
    }
    return round.noRoom === undefined;
  }

  state(action: number): boolean {
    this.record = this.table.put(this.expander.key, this.parent, action);
    if (this.record === FULL) this.round.noRoom = { by: 'memory' };
    if (this.record < 0) return false;
    this.lookAround();
    return true;
  }

  broken(action: number, what: readonly string[]): void {
    this.round.broken.push({ record: this.record, parent: this.parent, action, what });
  }

  private lookAround(): void {
    const reached = this.pending.filter((each) => each.holds());
    if (reached.length === 0) return;
    for (const { id } of reached) this.round.reached.add(id);
    this.pending = this.pending.filter((each) => !reached.includes(each));
  }

  private end(): void {
    const { round } = this;
    round.ended++;
    for (const each of this.expander.judge.ends) {
      if (each.holds()) round.ends.set(each.id, (round.ends.get(each.id) ?? 0) + 1);
    }
  }
}

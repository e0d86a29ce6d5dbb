import { CapacityError } from '@pagewright/mm';
import { Key } from '../key.js';
import { FULL, type StateTable } from '../table.js';
import type { Condition } from '../world/condition.js';
import type { Stepper } from '../world/stepper.js';
import { Expander, type Visitor } from './expander.js';
import type { Judge } from './judge.js';
import { emptyRound, type Round, type Turn } from './round.js';

/** Expands states of a table one at a time: each thread of a search has one. */
export class Hand implements Visitor {
  private readonly expander: Expander;
  private readonly from = new Key();
  private pending: readonly Condition[];
  private round = emptyRound();
  private parent = -1;
  /** Record of the new state that the last action led to. */
  private record = -1;

  constructor(
    stepper: Stepper,
    readonly table: StateTable,
  ) {
    this.expander = new Expander(stepper, new Key());
    this.pending = this.expander.judge.sometimes;
  }

  /** What it looks for. */
  get judge(): Judge {
    return this.expander.judge;
  }

  /** Starts to note what happens. */
  begin(): void {
    this.round = emptyRound();
  }

  /** What happened since `begin`. */
  get result(): Round {
    return this.round;
  }

  /** Puts the state into the table that the stepper is in, as the first, and looks at it. */
  start(): void {
    const { expander } = this;
    this.parent = -1;
    expander.write();
    if (!this.reached(0)) return;
    const what = expander.judge.ofState();
    if (what.length > 0) this.stateBreaks(0, what);
  }

  /** The state that the stepper is in, to be read until the next. */
  here(): Key {
    this.expander.write();
    return this.expander.key;
  }

  /** Expands all states of a turn, for one thread that works alone. */
  expandAll({ from, to }: Turn): Round {
    const { table } = this;
    this.begin();
    for (let number = from; number < to && this.expand(number); number++) {
      if (table.isCrowded) table.grow();
    }
    return this.round;
  }

  /** Expands the state with a number; false when that cannot be done in full. */
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
      round.noRoom = error.record;
    }
    return round.noRoom === undefined;
  }

  reached(action: number): boolean {
    const { round, pending } = this;
    this.record = this.table.put(this.expander.key, this.parent, action);
    if (this.record === FULL) round.noRoom = 'memory';
    if (this.record < 0) return false;
    for (const { id } of pending.filter((each) => each.holds())) round.reached.add(id);
    if (round.reached.size > 0) {
      this.pending = pending.filter(({ id }) => !round.reached.has(id));
    }
    return true;
  }

  actionBreaks(action: number, what: readonly string[]): void {
    this.round.broken.push({ record: -1, parent: this.parent, action, what });
  }

  stateBreaks(action: number, what: readonly string[]): void {
    this.round.broken.push({ record: this.record, parent: this.parent, action, what });
  }

  private end(): void {
    const { round } = this;
    round.ended++;
    for (const each of this.expander.judge.ends) {
      if (each.holds()) round.ends.set(each.id, (round.ends.get(each.id) ?? 0) + 1);
    }
  }
}

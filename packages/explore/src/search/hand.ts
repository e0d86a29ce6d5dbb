import { CapacityError } from '@pagewright/mm';
import { CellsFull } from '../state/cells.js';
import type { Row } from '../state/row.js';
import { FULL, type StateTable } from '../table.js';
import type { Condition } from '../world/condition.js';
import type { Stepper } from '../world/stepper.js';
import { Expander, type ExpanderMemory, type Visitor } from './expander.js';
import type { Judge } from './judge.js';
import { emptyRound, type Round, type Turn } from './round.js';

/** Expands states of a table one at a time: each thread of a search has one. */
export class Hand implements Visitor {
  private readonly expander: Expander;
  private pending: readonly Condition[];
  private round = emptyRound();
  private parent = -1;
  /** Record of the new state that the last action led to. */
  private record = -1;

  constructor(
    stepper: Stepper,
    readonly table: StateTable,
    memory: ExpanderMemory,
  ) {
    this.expander = new Expander(stepper, memory);
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

  /** Puts the state that searches begin in into the table, and looks at it. */
  start(): void {
    const { expander } = this;
    this.parent = -1;
    if (this.reached(0, expander.beginning) && this.looksAtStates) this.isIn(0);
  }

  /** Bytes that it takes besides the table, for all threads. */
  get usedBytes(): number {
    return this.expander.usedBytes;
  }

  /** Makes the stepper be in the state with a number. */
  enter(number: number): void {
    this.expander.enter(number, this.table);
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
    const { expander, table, round } = this;
    this.parent = number;
    return this.withinRoom(() => {
      const transitions = expander.expand(number, table, this);
      round.transitions += transitions;
      if (transitions === 0) this.end();
    });
  }

  /** Goes from the state with a number to another as before: true when that is there only now. */
  repeat(number: number, action: number): boolean {
    const { expander, table } = this;
    this.parent = number;
    this.record = -1;
    const again: Visitor = {
      looksAtStates: false,
      reached: (_, row) => this.reached(action, row),
      isIn: () => {},
      actionBreaks: () => {},
    };
    const hadRoom = this.withinRoom(() => {
      expander.repeat(number, action, table, again);
    });
    return hadRoom && this.record >= 0;
  }

  private withinRoom(work: () => void): boolean {
    const { round } = this;
    try {
      work();
    } catch (error) {
      if (error instanceof CapacityError) round.noRoom = error.record;
      else if (error instanceof CellsFull) round.noRoom = 'memory';
      else throw error;
    }
    return round.noRoom === undefined;
  }

  reached(action: number, row: Row): boolean {
    this.record = this.table.put(row, this.parent, action);
    if (this.record === FULL) this.round.noRoom = 'memory';
    return this.record >= 0;
  }

  get looksAtStates(): boolean {
    return this.pending.length > 0 || this.judge.judgesStates;
  }

  isIn(action: number): void {
    const { round, pending } = this;
    for (const { id } of pending.filter((each) => each.holds())) round.reached.add(id);
    if (round.reached.size > 0) {
      this.pending = pending.filter(({ id }) => !round.reached.has(id));
    }
    const what = this.judge.ofState();
    if (what.length > 0) {
      round.broken.push({ record: this.record, parent: this.parent, action, what });
    }
  }

  actionBreaks(action: number, what: readonly string[]): void {
    this.round.broken.push({ record: -1, parent: this.parent, action, what });
  }

  private end(): void {
    const { round } = this;
    round.ended++;
    for (const each of this.expander.judge.ends) {
      if (each.holds()) round.ends.set(each.id, (round.ends.get(each.id) ?? 0) + 1);
    }
  }
}

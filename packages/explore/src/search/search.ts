import { CapacityError } from '@pagewright/mm';
import { Key } from '../key.js';
import { FULL, KNOWN, StateTable } from '../table.js';
import { reserveTable } from '../table-memory.js';
import type { Stepper } from '../world/stepper.js';
import { Expander, type Visitor } from './expander.js';
import { Findings } from './findings.js';
import type { Progress, SearchLimits, SearchResult, StoppedBy } from './result.js';

/** Bytes that states may take unless told otherwise. */
const STANDARD_MEMORY = 2 ** 30;
const MOST_STATES = 2 ** 26;
/** How many states are looked at between two looks at the clock. */
const PACE = 256;

/**
 * Looks at every state that the actions of a bound lead to, nearest first; ends with the level of the
 * first violation, which no way is shorter to.
 */
export class Search {
  private readonly expander: Expander;
  private readonly table: StateTable;
  private readonly findings: Findings;
  private readonly key = new Key();
  private transitions = 0;
  private depth = 0;
  private stopped: StoppedBy | undefined;
  private capacity: SearchResult['capacity'];

  constructor(
    private readonly stepper: Stepper,
    private readonly limits: SearchLimits,
    private readonly tell: (progress: Progress) => void = () => {},
  ) {
    this.expander = new Expander(stepper, new Key());
    this.findings = new Findings(this.expander.judge);
    const states = Math.min(limits.states ?? MOST_STATES, MOST_STATES);
    const keyBytes = limits.memory ?? STANDARD_MEMORY;
    this.table = new StateTable(reserveTable({ states, keyBytes }, false));
  }

  /** Searches to the end, or to a limit. */
  run(): SearchResult {
    const { table, expander, findings, limits } = this;
    expander.write();
    table.put(expander.key, -1, 0);
    table.numberNew();
    findings.atBeginning();
    const most = Math.min(limits.depth ?? Infinity, this.stepper.bound.file.depth ?? Infinity);
    for (let first = 0; first < table.count && findings.violations.size === 0; this.depth++) {
      if (this.depth >= most) {
        this.stopped = 'depth';
        break;
      }
      const end = table.count;
      this.expandLevel(first, end);
      table.numberNew();
      if (this.stopped !== undefined) break;
      first = end;
      if (first === table.count) break;
    }
    return this.result();
  }

  private expandLevel(first: number, end: number): void {
    const { table, expander, key, limits } = this;
    const visitor = new LevelVisitor(table, expander, this.findings, this.depth + 1);
    for (let number = first; number < end; number++) {
      if (number % PACE === 0) {
        this.tell(this.progress(end - number));
        if (limits.isOver?.() === true) this.stopped = 'time';
      }
      if (table.isCrowded) table.grow();
      if (table.usedBytes > (limits.memory ?? STANDARD_MEMORY)) this.stopped = 'memory';
      if (this.stopped !== undefined) return;
      table.read(number, key);
      visitor.parent = number;
      try {
        this.transitions += expander.expand(key.bytes, visitor);
      } catch (error) {
        if (!(error instanceof CapacityError)) throw error;
        this.stopped = 'capacity';
        this.capacity = error.record;
      }
      if (visitor.isFull) this.stopped = limits.states === undefined ? 'memory' : 'states';
    }
  }

  private progress(queue: number): Progress {
    const { table, transitions, depth } = this;
    return { states: table.count, transitions, depth, queue, bytes: table.usedBytes };
  }

  private result(): SearchResult {
    const { table, findings, stopped, capacity } = this;
    const isBroken = findings.violations.size > 0;
    return {
      finished: stopped === undefined && !isBroken,
      ...(stopped === undefined ? {} : { stoppedBy: stopped }),
      ...(capacity === undefined ? {} : { capacity }),
      states: table.count,
      transitions: this.transitions,
      depth: this.depth,
      violations: findings.result((number) => wayTo(table, number)),
      sometimes: findings.reached(),
    };
  }
}

/** Puts what follows one level into the table. */
class LevelVisitor implements Visitor {
  parent = 0;
  isFull = false;

  constructor(
    private readonly table: StateTable,
    private readonly expander: Expander,
    private readonly findings: Findings,
    private readonly length: number,
  ) {}

  state(action: number): boolean {
    const record = this.table.put(this.expander.key, this.parent, action);
    if (record === KNOWN) return false;
    if (record === FULL) {
      this.isFull = true;
      return false;
    }
    this.findings.newState(this.length);
    return true;
  }

  broken(action: number, what: readonly string[]): void {
    this.findings.broken(this.parent, action, what);
  }
}

/** Actions that lead to a state from the first. */
export function wayTo(table: StateTable, number: number): number[] {
  const actions: number[] = [];
  for (let at = number; table.parentOf(at) >= 0; at = table.parentOf(at)) {
    actions.push(table.actionOf(at));
  }
  return actions.reverse();
}

import { Key } from '../key.js';
import { StateCodec } from '../state/codec.js';
import { RealWays } from '../symmetry/real-way.js';
import { StateTable } from '../table.js';
import { reserveTable } from '../table-memory.js';
import type { Stepper } from '../world/stepper.js';
import { type ExpanderMemory, reserveExpanders } from './expander.js';
import { Findings } from './findings.js';
import { Hand } from './hand.js';
import type { Progress, SearchLimits, SearchResult, StoppedBy, Violation } from './result.js';
import { emptyRound, type NoRoom, type Round, type Turn } from './round.js';

/** Bytes that states may take unless told otherwise. */
const STANDARD_MEMORY = 2 ** 30;
/** Least bytes of a state: with fewer, memory ends before numbers do. */
const LEAST_BYTES = 48;
/**
 * States of a turn, at first and at most: between two turns searches can stop, be saved, and tell how far
 * they are. Turns that take less than a moment grow, for threads wait for each other at their ends.
 */
const FIRST_PACE = 1024;
const MOST_PACE = 2 ** 15;
const MOMENT_MS = 40;

/** Where a search is. */
export interface SearchPlace {
  /** Number of the state that is expanded next, and the one behind the last of its level. */
  next: number;
  levelEnd: number;
  /** Actions to the states of the level; -1 before the first. */
  depth: number;
}

/**
 * Looks at every state that the actions of a bound lead to, nearest first; ends with the level of the
 * first violation, which no way is shorter to.
 */
export class Search {
  readonly table: StateTable;
  /** What all threads share besides. */
  readonly expanders: ExpanderMemory;
  readonly findings: Findings;
  readonly place: SearchPlace;
  readonly hand: Hand;
  /** The state that it begins in, as a `StateCodec` writes it. */
  readonly beginning: Key;
  private readonly memory: number;
  private readonly deepest: number;
  private readonly realWays: RealWays | undefined;
  private stopped: StoppedBy | undefined;
  private noRoom: NoRoom | undefined;

  /**
   * @param isShared whether several threads are to work on its table
   * @param tell is told after every turn how far it is
   */
  constructor(
    readonly stepper: Stepper,
    private readonly limits: SearchLimits = {},
    private readonly tell: (progress: Progress) => void = () => {},
    isShared = false,
  ) {
    this.realWays = stepper.isSymmetric ? new RealWays(stepper) : undefined;
    this.memory = limits.memory ?? STANDARD_MEMORY;
    this.deepest = Math.min(limits.depth ?? Infinity, stepper.bound.file.depth ?? Infinity);
    const states = limits.states ?? Math.ceil(this.memory / LEAST_BYTES);
    this.table = new StateTable(reserveTable({ states, rowBytes: this.memory }, isShared));
    this.expanders = reserveExpanders(stepper, isShared);
    this.beginning = new Key();
    new StateCodec(stepper).write(this.beginning);
    this.hand = new Hand(stepper, this.table, this.expanders);
    this.findings = new Findings();
    this.place = { next: 0, levelEnd: 0, depth: -1 };
  }

  /** Searches to the end or to a limit, in one thread. */
  run(): SearchResult {
    const { hand } = this;
    const turns = this.turns();
    let step = turns.next();
    while (!step.done) {
      step = turns.next(hand.expandAll(step.value));
    }
    return step.value;
  }

  /** The turns of the search: whoever takes one answers what came of it. */
  *turns(): Generator<Turn, SearchResult, Round> {
    const { place } = this;
    if (this.table.count === 0) this.start();
    let pace = FIRST_PACE;
    while (this.goesOn()) {
      const from = place.next;
      const to = Math.min(from + pace, place.levelEnd);
      const began = performance.now();
      this.take(yield { from, to }, to);
      const isFull = to - from === pace;
      const took = performance.now() - began;
      if (isFull && took < MOMENT_MS) pace = Math.min(2 * pace, MOST_PACE);
      else if (took > 4 * MOMENT_MS) pace = Math.max(pace >>> 1, FIRST_PACE);
      this.tell(this.progress());
    }
    return this.result();
  }

  private start(): void {
    const { hand } = this;
    hand.begin();
    hand.start();
    this.take(hand.result, 0);
  }

  /** A turn that was not done in full leaves the search where it was: its states get no numbers. */
  private take(round: Round, to: number): void {
    const { findings, place, table } = this;
    this.noRoom = round.noRoom;
    if (round.noRoom === undefined) {
      findings.take(round, table, place.depth + 1);
      table.numberNew();
      place.next = to;
    } else {
      const { broken, reached } = round;
      findings.take({ ...emptyRound(), broken, reached }, table, place.depth + 1);
    }
  }

  /** There is a turn to take; goes to the next level when one is done. */
  private goesOn(): boolean {
    const { place, table } = this;
    if (this.noRoom === undefined && place.next === place.levelEnd) {
      if (table.count === place.levelEnd) return false;
      place.levelEnd = table.count;
      place.depth++;
    }
    if (this.isViolated()) return false;
    this.stopped = this.limitReached();
    return this.stopped === undefined;
  }

  /** The level of the first violation is done: perhaps before the search was saved that goes on here. */
  private isViolated(): boolean {
    const { findings, place, table } = this;
    const parents = [...findings.violations.values()].map(({ parent }) => parent);
    return parents.some((parent) => parent < 0 || wayTo(table, parent).length < place.depth);
  }

  private limitReached(): StoppedBy | undefined {
    const { limits, noRoom, place } = this;
    if (noRoom === 'memory') return limits.states === undefined ? 'memory' : 'states';
    if (noRoom !== undefined) return 'capacity';
    if (place.depth >= this.deepest) return 'depth';
    if (this.usedBytes > this.memory) return 'memory';
    return limits.mustStop?.();
  }

  /** Bytes that states take. */
  get usedBytes(): number {
    return this.table.usedBytes + this.hand.usedBytes;
  }

  private progress(): Progress {
    const { table, findings, place } = this;
    return {
      states: table.count,
      transitions: findings.transitions,
      depth: place.depth,
      queue: table.count - place.next,
      bytes: this.usedBytes,
    };
  }

  private result(): SearchResult {
    const { table, findings, stopped, noRoom, place } = this;
    const { judge } = this.hand;
    return {
      finished: stopped === undefined && findings.violations.size === 0,
      ...(stopped === undefined ? {} : { stoppedBy: stopped }),
      ...(noRoom === undefined || noRoom === 'memory' ? {} : { capacity: noRoom }),
      states: table.count,
      transitions: findings.transitions,
      depth: Math.max(place.depth, 0),
      violations: this.violations(),
      sometimes: judge.sometimes.map(({ id }) => ({
        id,
        length: findings.reached.get(id) ?? null,
      })),
      ended: findings.ended,
      ends: judge.ends.map(({ id }) => ({ id, states: findings.ends.get(id) ?? 0 })),
    };
  }

  /** With ways that can be gone from the beginning as it is. */
  private violations(): readonly Violation[] {
    const found = this.findings.result((number) => wayTo(this.table, number));
    const { realWays } = this;
    if (realWays === undefined) return found;
    return found.map(({ id, actions }) => ({ id, actions: realWays.of(actions, id) }));
  }
}

/** Actions that lead to a state from the first. */
function wayTo(table: StateTable, number: number): number[] {
  const actions: number[] = [];
  for (let at = number; table.parentOf(at) >= 0; at = table.parentOf(at)) {
    actions.push(table.actionOf(at));
  }
  return actions.reverse();
}

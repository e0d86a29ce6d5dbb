import { State } from '@pagewright/mm';
import type { Action } from '../format/expand.js';
import { BeforeWords } from '../known/before-words.js';
import { DecisionTrees } from '../known/decision-trees.js';
import { type KnownMemory, reserveKnown, reserveOnce } from '../known/known-memory.js';
import { IMPOSSIBLE, LEADS_ON, Outcomes, STOPS } from '../known/outcomes.js';
import { Trace } from '../known/trace.js';
import { bitPlaces, TrackedWords } from '../known/tracked-words.js';
import { type CellMemory, reserveCells } from '../state/cell-memory.js';
import { Cells } from '../state/cells.js';
import { LEFT_OUT_COLUMNS } from '../state/left-out.js';
import { Row } from '../state/row.js';
import { WordValues } from '../state/word-values.js';
import { CanonicalRows } from '../symmetry/canonical-rows.js';
import type { StateTable } from '../table.js';
import type { Stepper } from '../world/stepper.js';
import { Judge } from './judge.js';

/** What whoever expands a state is told. */
export interface Visitor {
  /** An action led to a state; true when it was not known before. */
  reached(action: number, row: Row): boolean;
  /** New states are to be looked at. */
  readonly looksAtStates: boolean;
  /** The stepper is in the new state that an action led to. */
  isIn(action: number): void;
  /** An action broke something, whatever state it led to. */
  actionBreaks(action: number, what: readonly string[]): void;
}

/** What threads share that expand states. */
export interface ExpanderMemory {
  readonly cells: CellMemory;
  readonly known: KnownMemory;
}

/** Reserves the memory of expanders of a world. */
export function reserveExpanders({ bound, world }: Stepper, shared: boolean): ExpanderMemory {
  const places = bitPlaces(world.model.machine.layout.length);
  return { cells: reserveCells(shared), known: reserveKnown(bound.actions.length, places, shared) };
}

/** An outcome, and where it is kept. */
interface Learned {
  of: Outcomes;
  number: number;
}

/**
 * Finds what follows a state: the same for everybody who asks, in the same order. An action runs only
 * where it finds something that it never found before (`DecisionTrees`); else what became of it is known.
 */
export class Expander {
  readonly judge: Judge;
  readonly cells: Cells;
  private readonly wordValues: WordValues;
  private readonly words: TrackedWords;
  private readonly state: State;
  private readonly before: State;
  private readonly trace = new Trace();
  private readonly trees: DecisionTrees;
  private readonly outcomes: Outcomes;
  /** For what is not remembered. */
  private readonly once: Outcomes;
  private readonly canonical: CanonicalRows | undefined;
  private readonly row = new Row();
  /** The state that is expanded, as the table has it. */
  private readonly from = new Row();
  /** Cells in which the state that is entered differs from the one before. */
  private readonly changed: number[] = [];
  /** Outcomes of the actions in the state that is expanded, as far as they are known. */
  private readonly known: Int32Array;
  /** What became of the action that ran last, and what it broke. */
  private readonly learned: Learned;
  private broken: readonly string[] = NOTHING;

  constructor(
    readonly stepper: Stepper,
    memory: ExpanderMemory,
  ) {
    const { model } = stepper.world;
    const { machine } = model;
    const { layout } = machine;
    this.judge = new Judge(stepper);
    this.wordValues = new WordValues(machine);
    this.words = new TrackedWords(layout.length);
    this.state = State.over(layout, this.words);
    this.before = State.over(layout, new BeforeWords(this.words));
    const { state: beginning } = model;
    beginning.forEachSet((column, record, value) => {
      this.words.put((layout.bases[column] as number) + record, value);
    });
    this.cells = new Cells(memory.cells, this.wordValues, beginning, {
      got: (at) => this.words.vary(at),
      added: (at, cell, isFirst) => this.trees.guard(at, cell, isFirst),
    });
    this.trees = new DecisionTrees(memory.known, this.words, this.cells, this.row);
    this.outcomes = new Outcomes(memory.known);
    this.once = new Outcomes(reserveOnce(4 * layout.length));
    this.learned = { of: this.outcomes, number: -1 };
    this.known = new Int32Array(stepper.bound.actions.length);
    if (stepper.isSymmetric) {
      this.canonical = new CanonicalRows(stepper, this.cells, this.wordValues, beginning);
    }
    stepper.enter(this.state);
  }

  /** The row of the state that the stepper is in: that which searches begin in. */
  get beginning(): Row {
    return this.canonical?.rowOf(this.state) ?? this.row;
  }

  /** Bytes that it takes, for all threads. */
  get usedBytes(): number {
    return this.cells.usedBytes + this.trees.usedBytes + this.outcomes.usedBytes;
  }

  /** Lets every action happen in the state with a number; answers how many could. */
  expand(number: number, table: StateTable, visitor: Visitor): number {
    const { known, outcomes, row, trees } = this;
    this.enter(number, table);
    table.forget();
    for (let action = 0; action < known.length; action++) {
      const outcome = trees.find(action);
      known[action] = outcome;
      if (outcome >= 0 && outcomes.kindOf(outcome) === LEADS_ON) {
        table.foresee(outcomes.hashBehind(outcome, row));
      }
    }
    // Another thread may have found them meanwhile, with cells and values that are new.
    this.sync();
    table.lookAhead();
    let transitions = 0;
    for (let action = 0; action < known.length; action++) {
      if (this.follow(action, known[action] as number, visitor)) transitions++;
    }
    return transitions;
  }

  /** Lets an action happen in the state with a number; false when it cannot. */
  repeat(number: number, action: number, table: StateTable, visitor: Visitor): boolean {
    this.enter(number, table);
    return this.follow(action, this.trees.find(action), visitor);
  }

  /** Goes to the state with a number. */
  enter(number: number, table: StateTable): void {
    const { cells, row, from, changed, words } = this;
    this.sync();
    table.read(number, from);
    let count = 0;
    for (let i = 0; i < row.count; i++) {
      const differs = (row.signed[i] as number) ^ (from.signed[i] as number);
      if (differs === 0) continue;
      for (let cell = 4 * i; cell < 4 * i + 4; cell++) {
        const byte = from.bytes[cell] as number;
        if (byte === row.bytes[cell]) continue;
        row.set(cell, byte);
        changed[count++] = cell;
      }
    }
    const { bytes } = row;
    for (let i = 0; i < count; i++) {
      const cell = changed[i] as number;
      words.put(cells.words[cell] as number, cells.valueIn(bytes, cell));
    }
  }

  /** Learns the cells and values that there are by now, and makes room for them. */
  private sync(): void {
    this.cells.sync();
    this.makeRoom();
  }

  private makeRoom(): void {
    const { row, from, cells } = this;
    row.reserve(cells.rowWords);
    from.reserve(cells.rowWords);
  }

  /** @param known the outcome, where it is known; else -1 */
  private follow(action: number, known: number, visitor: Visitor): boolean {
    if (known >= 0) return this.lead(action, this.outcomes, known, visitor);
    const { of, number } = this.learn(action);
    if (this.broken.length > 0) visitor.actionBreaks(action, this.broken);
    return this.lead(action, of, number, visitor);
  }

  /** Goes where an outcome leads, and tells the visitor; false when it is that the action cannot happen. */
  private lead(action: number, outcomes: Outcomes, outcome: number, visitor: Visitor): boolean {
    const kind = outcomes.kindOf(outcome);
    if (kind !== LEADS_ON) return kind !== IMPOSSIBLE;
    const { row, words, state, canonical } = this;
    outcomes.apply(outcome, row);
    if (canonical === undefined) {
      if (visitor.reached(action, row) && visitor.looksAtStates) {
        this.materialise(outcomes, outcome);
        visitor.isIn(action);
      }
    } else if (canonical.isNew(row)) {
      this.materialise(outcomes, outcome);
      if (visitor.reached(action, canonical.rowOf(state)) && visitor.looksAtStates) {
        visitor.isIn(action);
      }
    }
    words.undo();
    outcomes.takeBack(outcome, row, this.from);
    return true;
  }

  /** Makes the stepper be in the state of the row, to which an outcome led. */
  private materialise(outcomes: Outcomes, outcome: number): void {
    const { cells, row, words } = this;
    const count = outcomes.changesOf(outcome);
    for (let i = 0; i < count; i++) {
      const cell = outcomes.cellOf(outcome, i);
      words.set(cells.words[cell] as number, cells.valueIn(row.bytes, cell));
    }
  }

  /** Lets an action run, and remembers what became of it, if it broke nothing. */
  private learn(action: number): Learned {
    const { stepper, judge, words, trace, cells, learned } = this;
    trace.clear();
    words.begin(trace);
    try {
      const done = stepper.apply(action);
      this.broken =
        done === undefined
          ? NOTHING
          : judge.ofAction(stepper.bound.actions[action] as Action, done, this.before);
      words.endTrace();
      const kind = done === undefined ? IMPOSSIBLE : done.bug === undefined ? LEADS_ON : STOPS;
      cells.locked(() => this.remember(action, kind));
      return learned;
    } finally {
      words.undo();
    }
  }

  private remember(action: number, kind: number): void {
    const { trees, trace, outcomes, once, row, learned } = this;
    const isToBeKept =
      this.broken.length === 0 && trees.hasRoom(trace) && outcomes.hasRoom(4 * row.count + MANY);
    learned.of = isToBeKept ? outcomes : once;
    if (!isToBeKept) once.clear();
    learned.number = learned.of.add(kind);
    if (kind === LEADS_ON) this.noteChanges();
    if (isToBeKept) trees.learn(action, trace, learned.number);
  }

  /** Words that the action has changed that ran. */
  private noteChanges(): void {
    const { words, cells, row, wordValues, learned, state } = this;
    for (let i = 0; i < words.writtenCount; i++) {
      const at = words.written[i] as number;
      if (!words.isChanged(at) || LEFT_OUT_COLUMNS.has(wordValues.columnAt(at))) continue;
      const number = cells.numberOf(state, at, words.get(at));
      this.makeRoom();
      const own = cells.cellsOf(at);
      for (let j = 0; j < own.length; j++) {
        const cell = own[j] as number;
        const was = row.bytes[cell] as number;
        const byte = (number >>> (8 * j)) & 0xff;
        if (was !== byte) learned.of.change(learned.number, cell, was, byte);
      }
    }
  }
}

const NOTHING: readonly string[] = [];
/** More words than an action makes variable at once. */
const MANY = 2 ** 16;

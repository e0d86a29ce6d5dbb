import { State } from '@pagewright/mm';
import type { Action } from '../format/expand.js';
import { BeforeWords } from '../known/before-words.js';
import { DecisionTrees } from '../known/decision-trees.js';
import { IMPOSSIBLE, LEADS_ON, Outcomes, STOPS } from '../known/outcomes.js';
import { Trace } from '../known/trace.js';
import { TrackedWords } from '../known/tracked-words.js';
import type { CellMemory } from '../state/cell-memory.js';
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
  private readonly outcomes = new Outcomes();
  private readonly canonical: CanonicalRows | undefined;
  private readonly row = new Row();
  /** The state that is expanded, as the table has it. */
  private readonly from = new Row();
  /** Cells in which the state that is entered differs from the one before. */
  private readonly changed: number[] = [];
  /** Cells of which the trees know. */
  private varying = 0;

  constructor(
    readonly stepper: Stepper,
    memory: CellMemory,
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
    this.cells = new Cells(memory, this.wordValues, beginning);
    this.trees = new DecisionTrees(stepper.bound.actions.length, this.words);
    if (stepper.isSymmetric) {
      this.canonical = new CanonicalRows(stepper, this.cells, beginning);
    }
    stepper.enter(this.state);
  }

  /** The row of the state that the stepper is in: that which searches begin in. */
  get beginning(): Row {
    return this.canonical?.rowOf(this.state) ?? this.row;
  }

  /** Lets every action happen in the state with a number; answers how many could. */
  expand(number: number, table: StateTable, visitor: Visitor): number {
    this.enter(number, table);
    let transitions = 0;
    const actions = this.stepper.bound.actions.length;
    for (let action = 0; action < actions; action++) {
      if (this.follow(action, visitor)) transitions++;
    }
    return transitions;
  }

  /** Goes to the state with a number. */
  enter(number: number, table: StateTable): void {
    const { cells, row, from, changed, words } = this;
    cells.sync();
    this.vary();
    this.reserve((cells.count + 3) >>> 2);
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

  private reserve(words: number): void {
    this.row.reserve(words);
    this.from.reserve(words);
  }

  /** Words that have got a cell are no longer always the same. */
  private vary(): void {
    const { words } = this.cells;
    while (this.varying < words.length) this.trees.vary(words[this.varying++] as number);
  }

  /** Lets an action happen in the state that was entered; false when it cannot. */
  follow(action: number, visitor: Visitor): boolean {
    const { outcomes, row } = this;
    const known = this.trees.find(action);
    const outcome = known < 0 ? this.learn(action) : known;
    const kind = outcomes.kindOf(outcome);
    if (kind === IMPOSSIBLE) return false;
    const broken = outcomes.brokenBy(outcome);
    if (broken.length > 0) visitor.actionBreaks(action, broken);
    if (kind === STOPS) return true;
    outcomes.apply(outcome, row);
    if (this.canonical !== undefined) this.materialise(outcome);
    const isNew = visitor.reached(action, this.canonical?.rowOf(this.state) ?? row);
    if (isNew && visitor.looksAtStates) {
      if (this.canonical === undefined) this.materialise(outcome);
      visitor.isIn(action);
    }
    this.words.undo();
    outcomes.takeBack(outcome, row, this.from);
    return true;
  }

  /** Makes the stepper be in the state of the row, to which an outcome led. */
  private materialise(outcome: number): void {
    const { cells, row, words, outcomes } = this;
    const count = outcomes.changesOf(outcome);
    for (let i = 0; i < count; i++) {
      const cell = outcomes.cellOf(outcome, i);
      words.set(cells.words[cell] as number, cells.valueIn(row.bytes, cell));
    }
  }

  /** Lets an action run, and remembers what became of it. */
  private learn(action: number): number {
    const { stepper, judge, words, trace, trees, outcomes } = this;
    trace.clear();
    words.begin(trace);
    try {
      const done = stepper.apply(action);
      const broken =
        done === undefined
          ? []
          : judge.ofAction(stepper.bound.actions[action] as Action, done, this.before);
      words.endTrace();
      if (trees.isFull(trace.count)) {
        trees.forget();
        outcomes.forget();
      }
      const kind = done === undefined ? IMPOSSIBLE : done.bug === undefined ? LEADS_ON : STOPS;
      const outcome = outcomes.add(kind, broken);
      if (kind === LEADS_ON) this.noteChanges(outcome);
      trees.learn(action, trace, outcome);
      return outcome;
    } finally {
      words.undo();
    }
  }

  /** Words that the action has changed that runs. */
  private noteChanges(outcome: number): void {
    const { words, cells, row, wordValues, outcomes, state } = this;
    for (let i = 0; i < words.writtenCount; i++) {
      const at = words.written[i] as number;
      if (!words.isChanged(at) || LEFT_OUT_COLUMNS.has(wordValues.columnAt(at))) continue;
      const number = cells.numberOf(state, at, words.get(at));
      this.vary();
      this.reserve((cells.count + 3) >>> 2);
      const own = cells.cellsOf(at);
      for (let j = 0; j < own.length; j++) {
        const cell = own[j] as number;
        const was = row.bytes[cell] as number;
        const byte = (number >>> (8 * j)) & 0xff;
        if (was !== byte) outcomes.change(outcome, cell, was, byte);
      }
    }
  }
}

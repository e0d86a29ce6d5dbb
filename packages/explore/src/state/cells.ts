import type { State } from '@pagewright/mm';
import { CELL_CONTROL, type CellMemory, ENTRY_BYTES, MOST_ENTRIES } from './cell-memory.js';
import { KINDS, type WordValues } from './word-values.js';

/** The dictionary of cells has no room for another value. */
export class CellsFull extends Error {}

/** A word that is not always what it was in the beginning. */
interface Variable {
  /** Its cells: the lowest byte of its number first. */
  readonly cells: number[];
  /** Its values by number: what it was in the beginning is 0. */
  readonly values: number[];
  /** Numbers of values by `nameOf`. */
  readonly numbers: Map<number, number>;
}

/** A value with its kind, as one number. */
const nameOf = (kind: number, value: number): number => value * KINDS + kind;

/** Who is told of new cells. */
export interface CellObserver {
  /** A word has got a cell; some thread may have added it. */
  got(at: number): void;
  /** This thread has added a cell, and holds the lock: nobody has used it yet. */
  added(at: number, cell: number, isFirst: boolean): void;
}

/**
 * States as rows of bytes, a *cell* for each word that is not always the same: the number of the word's
 * value among those that it had so far. Words and values get their numbers when they first occur, in all
 * threads the same ones. A cell that a row does not have is 0.
 */
export class Cells {
  /** Word of each cell. */
  readonly words: number[] = [];
  /** Values of its word, of each cell that is its word's only one. */
  private readonly narrow: (readonly number[] | undefined)[] = [];
  private readonly control: Int32Array;
  private readonly places: Int32Array;
  private readonly wide: BigUint64Array;
  private readonly variables: (Variable | undefined)[];
  private known = 0;
  /** How often this thread has taken the lock. */
  private locks = 0;

  /**
   * @param beginning the state that rows of zeros stand for
   * @param observer is told of cells
   */
  constructor(
    readonly memory: CellMemory,
    private readonly wordValues: WordValues,
    private readonly beginning: State,
    private readonly observer: CellObserver,
  ) {
    this.control = new Int32Array(memory.control);
    this.variables = new Array(beginning.layout.length).fill(undefined);
    this.places = new Int32Array(memory.entries);
    this.wide = new BigUint64Array(memory.entries);
  }

  /** Words that a row has with all of them. */
  get rowWords(): number {
    return (this.words.length + 3) >>> 2;
  }

  /** Bytes that the dictionary takes. */
  get usedBytes(): number {
    return ENTRY_BYTES * (this.control[CELL_CONTROL.entries] as number);
  }

  /** Learns what other threads have added. */
  sync(): void {
    const count = Atomics.load(this.control, CELL_CONTROL.entries);
    while (this.known < count) this.take(this.known++);
  }

  private take(entry: number): void {
    const [at, kind] = [this.places[4 * entry] as number, this.places[4 * entry + 1] as number];
    const word = this.wide[2 * entry + 1] as bigint;
    this.number(at, kind, this.wordValues.narrow({ kind, word }));
  }

  private number(at: number, kind: number, value: number): void {
    const variable = this.variable(at);
    const number = variable.values.push(value) - 1;
    variable.numbers.set(nameOf(kind, value), number);
    if (number >= 2 ** (8 * variable.cells.length)) {
      const cell = this.words.push(at) - 1;
      this.narrow[cell] = variable.cells.length === 0 ? variable.values : undefined;
      for (const other of variable.cells) this.narrow[other] = undefined;
      variable.cells.push(cell);
      this.observer.got(at);
    }
  }

  private variable(at: number): Variable {
    let variable = this.variables[at];
    if (variable === undefined) {
      const { wordValues, beginning } = this;
      const first = wordValues.valueAt(beginning, at);
      const name = nameOf(wordValues.kindOf(beginning, at, first), first);
      variable = { cells: [], values: [first], numbers: new Map([[name, 0]]) };
      this.variables[at] = variable;
    }
    return variable;
  }

  /** The number of a word's value in a state; a new one when it never had it. Throws CellsFull. */
  numberOf(state: State, at: number, value: number): number {
    return this.numberOfKind(at, this.wordValues.kindOf(state, at, value), value);
  }

  /** As `numberOf`, of a value whose kind is known. */
  numberOfKind(at: number, kind: number, value: number): number {
    return this.variable(at).numbers.get(nameOf(kind, value)) ?? this.add(at, kind, value);
  }

  private add(at: number, kind: number, value: number): number {
    const { control, places, wide } = this;
    return this.locked(() => {
      const { numbers, values, cells } = this.variable(at);
      const known = numbers.get(nameOf(kind, value));
      if (known !== undefined) return known;
      const entry = this.known;
      if (entry === MOST_ENTRIES) throw new CellsFull();
      places[4 * entry] = at;
      places[4 * entry + 1] = kind;
      wide[2 * entry + 1] = this.wordValues.widen(kind, value).word;
      this.known++;
      const { length } = cells;
      this.number(at, kind, value);
      if (cells.length > length) this.observer.added(at, cells[length] as number, length === 0);
      Atomics.store(control, CELL_CONTROL.entries, this.known);
      return values.length - 1;
    });
  }

  /** Works while no other thread adds a cell, with all that others have added. */
  locked<T>(work: () => T): T {
    const { control } = this;
    if (this.locks++ === 0) {
      while (Atomics.compareExchange(control, CELL_CONTROL.lock, 0, 1) !== 0);
      this.sync();
    }
    try {
      return work();
    } finally {
      if (--this.locks === 0) Atomics.store(control, CELL_CONTROL.lock, 0);
    }
  }

  /** Cells of a word: the lowest byte of its number first. */
  cellsOf(at: number): readonly number[] {
    return this.variables[at]?.cells ?? [];
  }

  /** What the word of a cell is, in a row. */
  valueIn(row: Readonly<Uint8Array>, cell: number): number {
    const only = this.narrow[cell];
    if (only !== undefined) return only[row[cell] as number] as number;
    const { cells, values } = this.variables[this.words[cell] as number] as Variable;
    let number = row[cells[0] as number] as number;
    for (let i = 1; i < cells.length; i++) number += (row[cells[i] as number] as number) << (8 * i);
    return values[number] as number;
  }
}

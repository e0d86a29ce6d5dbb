import { COLUMN_RANGE, COLUMNS, type Column, type RecordKind } from './columns.js';
import { CHUNK_WORDS, CowWords } from './cow-words.js';
import type { Words } from './words.js';

/** How many records of each kind a state has room for. */
export type Capacities = Readonly<Record<RecordKind, number>>;

/** Where each column begins: one of at least a chunk begins with a chunk. */
export class Layout {
  readonly bases: Int32Array;
  readonly length: number;

  constructor(readonly capacities: Capacities) {
    this.bases = new Int32Array(COLUMNS.length);
    let next = 0;
    COLUMNS.forEach(({ record }, i) => {
      const count = capacities[record];
      if (count >= CHUNK_WORDS) next = Math.ceil(next / CHUNK_WORDS) * CHUNK_WORDS;
      this.bases[i] = next;
      next += count;
    });
    this.length = next;
  }
}

/** There is no room for one more record: a limit of the model, not of the kernel. */
export class CapacityError extends Error {
  constructor(readonly record: RecordKind) {
    super(`the model has no room for one more ${record}`);
  }
}

/**
 * A machine's memory management at one moment (SPEC 1): words in columns. Cheap to copy; equal states
 * have equal words, since new records take the lowest free place.
 */
export class State {
  private readonly bases: Int32Array;

  private constructor(
    readonly layout: Layout,
    private readonly words: Words,
  ) {
    this.bases = layout.bases;
  }

  /** A state whose words are kept elsewhere: `layout.length` of them. */
  static over(layout: Layout, words: Words): State {
    return new State(layout, words);
  }

  /** A state of zeros. */
  static empty(layout: Layout): State {
    return new State(layout, CowWords.zeros(layout.length));
  }

  /** The word of a record. */
  get(field: Column, record: number): number {
    return this.words.get((this.bases[field] as number) + record);
  }

  set(field: Column, record: number, value: number): void {
    this.words.set((this.bases[field] as number) + record, value);
  }

  /** Sets the words of records one behind the other. */
  fill(field: Column, first: number, count: number, value: number): void {
    const at = (this.bases[field] as number) + first;
    this.words.fill(at, at + count, value);
  }

  /** Adds to a word and answers the sum. */
  add(field: Column, record: number, by: number): number {
    const at = (this.bases[field] as number) + record;
    const sum = this.words.get(at) + by;
    this.words.set(at, sum);
    return sum;
  }

  /** Number of the record that a word refers to; -1 for none. */
  ref(field: Column, record: number): number {
    return this.get(field, record) - 1;
  }

  /** Makes a word refer to a record; -1 for none. */
  setRef(field: Column, record: number, to: number): void {
    this.set(field, record, to + 1);
  }

  /** Copies a field of some records to the same places of an array. */
  read(field: Column, into: Float64Array, start: number, end: number): void {
    this.words.read((this.bases[field] as number) + start, into, start, end);
  }

  /**
   * The words of a chunk of records, `record` being a multiple of `CHUNK_WORDS` in a column of at
   * least as many: to be read until the next write. Undefined where all are 0.
   */
  chunk(field: Column, record: number): Readonly<Float64Array> | undefined {
    return this.words.chunk((this.bases[field] as number) + record);
  }

  /** The first record from one on, before `end`, whose word is not 0; -1 for none. */
  next(field: Column, record: number, end: number): number {
    const base = this.bases[field] as number;
    const at = this.words.nextSet(base + record, base + end);
    return at < 0 ? -1 : at - base;
  }

  /** The first record from one on, before `end`, whose word is 0; -1 for none. */
  nextZero(field: Column, record: number, end: number): number {
    const base = this.bases[field] as number;
    const at = this.words.nextZero(base + record, base + end);
    return at < 0 ? -1 : at - base;
  }

  /** Takes the lowest free record of a kind and marks it used. Throws CapacityError. */
  take(kind: RecordKind, used: Column): number {
    const count = this.layout.capacities[kind];
    const free = this.nextZero(used, 0, count);
    if (free < 0) throw new CapacityError(kind);
    this.set(used, free, 1);
    return free;
  }

  /** Sets all fields of a record to 0. */
  clear(kind: RecordKind, record: number): void {
    const [first, end] = COLUMN_RANGE[kind];
    for (let column = first; column < end; column++) {
      const at = (this.bases[column] as number) + record;
      if (this.words.get(at) !== 0) this.words.set(at, 0);
    }
  }

  /** A copy that changes on its own. */
  copy(): State {
    return new State(this.layout, this.words.copy());
  }

  /** Undoes what changed since this copy was made of `origin`, which must be as it was then. */
  revert(origin: State): void {
    this.words.revert(origin.words);
  }

  /** Calls back with every word that is not 0, column by column. */
  forEachSet(visit: (column: Column, record: number, value: number) => void): void {
    const columns = new ColumnFinder(this.bases);
    this.words.forEachSet((at, value) => {
      const column = columns.of(at);
      visit(column, at - (this.bases[column] as number), value);
    });
  }

  /** Calls back with every word that is not what it was in another state of this layout. */
  forEachChange(
    before: State,
    visit: (column: Column, record: number, was: number, value: number) => void,
  ): void {
    const columns = new ColumnFinder(this.bases);
    this.words.forEachDifference(before.words, (at, was, value) => {
      const column = columns.of(at);
      visit(column, at - (this.bases[column] as number), was, value);
    });
  }
}

/** The columns that words lie in, asked for in order. */
class ColumnFinder {
  private column = 0;

  constructor(private readonly bases: Int32Array) {}

  of(at: number): Column {
    const { bases } = this;
    while (this.column + 1 < bases.length && at >= (bases[this.column + 1] as number)) {
      this.column++;
    }
    return this.column as Column;
  }
}

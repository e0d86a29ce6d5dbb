import { cellHash, type Row } from '../state/row.js';

/** The action cannot happen. */
export const IMPOSSIBLE = 0;
/** It ends in a BUG, and leads nowhere. */
export const STOPS = 1;
/** It leads to a state. */
export const LEADS_ON = 2;

/** Numbers of an outcome before its changes: its kind, how many changes, what they add to the hash. */
const HEAD = 3;
const NOTHING: readonly string[] = [];

/**
 * What became of actions: what they broke, and the cells that they changed. An outcome goes by the place of
 * its numbers.
 */
export class Outcomes {
  /** Behind the head of each its changes: a cell and its new byte, as `cell << 8 | byte`. */
  private numbers = new Int32Array(4096);
  private end = 0;
  private readonly broken = new Map<number, readonly string[]>();

  forget(): void {
    this.end = 0;
    this.broken.clear();
  }

  /** Adds an outcome, which so far changes nothing. */
  add(kind: number, broken: readonly string[]): number {
    const outcome = this.end;
    this.push(kind);
    this.push(0);
    this.push(0);
    if (broken.length > 0) this.broken.set(outcome, broken);
    return outcome;
  }

  /** Adds a change of a cell to the outcome that was added last. */
  change(outcome: number, cell: number, was: number, byte: number): void {
    this.push((cell << 8) | byte);
    const { numbers } = this;
    numbers[outcome + 1] = (numbers[outcome + 1] as number) + 1;
    const hash = numbers[outcome + 2] as number;
    numbers[outcome + 2] = (hash + cellHash(cell, byte) - cellHash(cell, was)) | 0;
  }

  private push(number: number): void {
    if (this.end === this.numbers.length) {
      const grown = new Int32Array(2 * this.end);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[this.end++] = number;
  }

  kindOf(outcome: number): number {
    return this.numbers[outcome] as number;
  }

  /** What the action broke, apart from the state that it led to. */
  brokenBy(outcome: number): readonly string[] {
    if (this.broken.size === 0) return NOTHING;
    return this.broken.get(outcome) ?? NOTHING;
  }

  /** Makes the row of a state that of the state that the action leads to. */
  apply(outcome: number, row: Row): void {
    const { numbers } = this;
    const { bytes } = row;
    const first = outcome + HEAD;
    const end = first + (numbers[outcome + 1] as number);
    for (let i = first; i < end; i++) {
      const change = numbers[i] as number;
      bytes[change >>> 8] = change;
    }
    row.hash = (row.hash + (numbers[outcome + 2] as number)) | 0;
  }

  /** Makes a row that `apply` changed what it was: `from` has it as it was. */
  takeBack(outcome: number, row: Row, from: Row): void {
    const { numbers } = this;
    const { bytes } = row;
    const before = from.bytes;
    const first = outcome + HEAD;
    const end = first + (numbers[outcome + 1] as number);
    for (let i = first; i < end; i++) {
      const cell = (numbers[i] as number) >>> 8;
      bytes[cell] = before[cell] as number;
    }
    row.hash = (row.hash - (numbers[outcome + 2] as number)) | 0;
  }

  /** How many cells it changes. */
  changesOf(outcome: number): number {
    return this.numbers[outcome + 1] as number;
  }

  /** One of the cells that it changes. */
  cellOf(outcome: number, change: number): number {
    return (this.numbers[outcome + HEAD + change] as number) >>> 8;
  }
}

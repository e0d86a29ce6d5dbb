import { cellHash, type Row } from '../state/row.js';
import { KNOWN_CONTROL, type KnownMemory } from './known-memory.js';

/** The action cannot happen. */
export const IMPOSSIBLE = 0;
/** It ends in a BUG, and leads nowhere. */
export const STOPS = 1;
/** It leads to a state. */
export const LEADS_ON = 2;

/** Numbers of an outcome before its changes: its kind, how many changes, what they add to the hash. */
const HEAD = 3;

/**
 * What became of actions: the cells that they changed. An outcome goes by the place of its numbers. Threads
 * share them: whoever adds one holds the lock of the cells.
 */
export class Outcomes {
  /** Behind the head of each its changes: a cell and its new byte, as `cell << 8 | byte`. */
  private readonly numbers: Int32Array;
  private readonly control: Int32Array;

  constructor(memory: KnownMemory) {
    this.numbers = new Int32Array(memory.outcomes);
    this.control = new Int32Array(memory.control);
  }

  private get end(): number {
    return this.control[KNOWN_CONTROL.outcomes] as number;
  }

  get usedBytes(): number {
    return 4 * this.end;
  }

  /** There is room for an outcome with so many changes. */
  hasRoom(changes: number): boolean {
    return this.end + HEAD + changes <= this.numbers.length;
  }

  /** Adds an outcome, which so far changes nothing. */
  add(kind: number): number {
    const outcome = this.end;
    this.push(kind);
    this.push(0);
    this.push(0);
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
    const at = this.end;
    this.numbers[at] = number;
    this.control[KNOWN_CONTROL.outcomes] = at + 1;
  }

  /** Forgets all outcomes, of which nobody else knows. */
  clear(): void {
    this.control[KNOWN_CONTROL.outcomes] = 0;
  }

  kindOf(outcome: number): number {
    return this.numbers[outcome] as number;
  }

  /** The hash of the row of the state that the action leads to from a row. */
  hashBehind(outcome: number, row: Row): number {
    return (row.hash + (this.numbers[outcome + 2] as number)) | 0;
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
    row.hash = this.hashBehind(outcome, row);
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

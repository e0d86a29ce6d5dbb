import type { State } from '@pagewright/mm';
import type { Cells } from '../state/cells.js';
import { LEFT_OUT_COLUMNS } from '../state/left-out.js';
import { Row } from '../state/row.js';
import type { WordValues } from '../state/word-values.js';
import { KNOWN, StateTable } from '../table.js';
import { reserveTable } from '../table-memory.js';
import type { Stepper } from '../world/stepper.js';
import { CanonicalCodec } from './canonical-codec.js';

/** What of the states is kept that others stand for. */
const MOST_SEEN = { states: 2 ** 20, rowBytes: 2 ** 28 };

/** Rows of the states that stand for others. */
export class CanonicalRows {
  private readonly codec: CanonicalCodec;
  private readonly row = new Row();
  /** States that others stand for, as far as there is room. */
  private readonly seen = new StateTable(reserveTable(MOST_SEEN, false));

  /** Words that are not 0 in the state that rows of zeros stand for. */
  private readonly first: number[] = [];
  private readonly visited: Uint8Array;

  /** @param beginning the state that rows of zeros stand for */
  constructor(
    stepper: Stepper,
    private readonly cells: Cells,
    private readonly wordValues: WordValues,
    beginning: State,
  ) {
    this.codec = new CanonicalCodec(stepper);
    const { bases, length } = beginning.layout;
    this.visited = new Uint8Array(length);
    beginning.forEachSet((column, record) => {
      if (!LEFT_OUT_COLUMNS.has(column)) this.first.push((bases[column] as number) + record);
    });
  }

  /**
   * Nobody has asked this of the row yet: the states that others stand for come again and again, and the
   * one that stands for them is known from the first time, with a way that is no longer.
   */
  isNew(row: Row): boolean {
    const { seen } = this;
    if (seen.isCrowded) seen.grow();
    return seen.put(row, 0, 0) !== KNOWN;
  }

  /** The row of the state that stands for the one that the stepper is in: until the next is asked for. */
  rowOf(state: State): Row {
    const { row, first, wordValues, visited } = this;
    row.clear();
    visited.fill(0);
    this.codec.forEachWord((at, value, from, was) => {
      visited[at] = 1;
      this.set(at, wordValues.kindOf(state, from, was), value);
    });
    for (const at of first) if (visited[at] === 0) this.set(at, 0, 0);
    return row;
  }

  private set(at: number, kind: number, value: number): void {
    const { row, cells } = this;
    const number = cells.numberOfKind(at, kind, value);
    if (number === 0) return;
    row.reserve(cells.rowWords);
    const own = cells.cellsOf(at);
    for (let i = 0; i < own.length; i++) row.set(own[i] as number, (number >>> (8 * i)) & 0xff);
  }
}

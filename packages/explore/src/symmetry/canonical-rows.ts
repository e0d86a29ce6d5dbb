import type { State } from '@pagewright/mm';
import { Key } from '../key.js';
import type { Cells } from '../state/cells.js';
import { LEFT_OUT_COLUMNS } from '../state/left-out.js';
import { Row } from '../state/row.js';
import { KNOWN, StateTable } from '../table.js';
import { reserveTable } from '../table-memory.js';
import type { Stepper } from '../world/stepper.js';
import { CanonicalCodec } from './canonical-codec.js';

/** What of the states is kept that others stand for. */
const MOST_SEEN = { states: 2 ** 20, rowBytes: 2 ** 28 };

/** Rows of the states that stand for others. */
export class CanonicalRows {
  private readonly codec: CanonicalCodec;
  private readonly key = new Key();
  private readonly row = new Row();
  /** States that others stand for, as far as there is room. */
  private readonly seen = new StateTable(reserveTable(MOST_SEEN, false));

  /** @param beginning the state that rows of zeros stand for */
  constructor(
    private readonly stepper: Stepper,
    private readonly cells: Cells,
    private readonly beginning: State,
  ) {
    this.codec = new CanonicalCodec(stepper);
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
    const { codec, key, row, cells, beginning } = this;
    codec.write(key);
    const standing = codec.read(key.bytes);
    this.stepper.enter(state);
    const { bases } = state.layout;
    row.clear();
    standing.forEachChange(beginning, (column, record, _, value) => {
      if (LEFT_OUT_COLUMNS.has(column)) return;
      const at = (bases[column] as number) + record;
      const number = cells.numberOf(standing, at, value);
      row.reserve((cells.count + 3) >>> 2);
      cells.cellsOf(at).forEach((cell, i) => {
        row.set(cell, (number >>> (8 * i)) & 0xff);
      });
    });
    return row;
  }
}

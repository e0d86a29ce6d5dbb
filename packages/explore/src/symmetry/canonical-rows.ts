import type { State } from '@pagewright/mm';
import { Key } from '../key.js';
import type { Cells } from '../state/cells.js';
import { LEFT_OUT_COLUMNS } from '../state/left-out.js';
import { Row } from '../state/row.js';
import type { Stepper } from '../world/stepper.js';
import { CanonicalCodec } from './canonical-codec.js';

/** Rows of the states that stand for others. */
export class CanonicalRows {
  private readonly codec: CanonicalCodec;
  private readonly key = new Key();
  private readonly row = new Row();

  /** @param beginning the state that rows of zeros stand for */
  constructor(
    private readonly stepper: Stepper,
    private readonly cells: Cells,
    private readonly beginning: State,
  ) {
    this.codec = new CanonicalCodec(stepper);
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

import type { Revision } from '@pagewright/core';
import type { Row } from '../vectors/row.js';
import type { Tally } from '../vectors/tally.js';

/** A row of decisions on its way to be compared. */
export interface DecisionRow {
  readonly group: string;
  readonly file: string;
  readonly line: number;
  readonly fields: Row;
  readonly tally: Tally;
}

/**
 * Compares the rows of one group. Answers the sentence that says what is wrong when the row cannot
 * be read. Packages that model more functions bring their own.
 */
export interface DecisionComparer {
  readonly group: string;
  compare(row: DecisionRow, revision: Revision): string | undefined;
}

/**
 * Answers of real kernel functions that were recorded, compared with the model: one comparer a
 * group of functions. A runner hands each row to the comparer of its group.
 * @packageDocumentation
 */
import { insertComparer } from './decisions/insert-rows.js';
import { mprotectComparer } from './decisions/mprotect-rows.js';
import { normalPageRows } from './decisions/normal-page-rows.js';
import { remapComparer } from './decisions/remap-rows.js';
import { comparing, type DecisionComparer } from './decisions/row.js';
import { smallInsertRows } from './decisions/small-insert-rows.js';
import { smallVmaRows } from './decisions/small-vma-rows.js';

export type { DecisionComparer, DecisionRow, DecisionTally } from './decisions/row.js';

/** Group `small`: single questions, each file its own. */
const small: DecisionComparer = {
  group: 'small',
  compare: comparing({ ...smallInsertRows, ...smallVmaRows }),
};

/** Comparers of every group that the model has. */
export const decisionComparers: readonly DecisionComparer[] = [
  insertComparer,
  mprotectComparer,
  normalPageRows,
  remapComparer,
  small,
];

/**
 * Answers of real kernel functions that were recorded, compared with the model: one comparer a
 * group of functions. A runner hands each row to the comparer of its group.
 * @packageDocumentation
 */
import { insertComparer } from './decisions/insert-rows.js';
import type { DecisionComparer } from './decisions/row.js';

export type { DecisionComparer, DecisionRow, DecisionTally } from './decisions/row.js';

/** Comparers of every group that the model has. */
export const decisionComparers: readonly DecisionComparer[] = [insertComparer];

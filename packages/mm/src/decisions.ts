/**
 * Answers of real kernel functions that were recorded, compared with the model: one comparer a
 * group of functions. A runner hands each row to the comparer of its group.
 * @packageDocumentation
 */
import { folioWalkComparer } from './decisions/folio-walk-rows.js';
import { forkHugeRows } from './decisions/fork-huge-rows.js';
import { gupComparer } from './decisions/gup-rows.js';
import { insertHugeComparer } from './decisions/insert-huge-rows.js';
import { insertComparer } from './decisions/insert-rows.js';
import { mmIdComparer } from './decisions/mm-id-rows.js';
import { mprotectComparer } from './decisions/mprotect-rows.js';
import { normalPageRows } from './decisions/normal-page-rows.js';
import { remapComparer } from './decisions/remap-rows.js';
import { rmapComparer } from './decisions/rmap-rows.js';
import { comparing, type DecisionComparer } from './decisions/row.js';
import { smallInsertRows } from './decisions/small-insert-rows.js';
import { smallReuseRows } from './decisions/small-reuse-rows.js';
import { smallVmaRows } from './decisions/small-vma-rows.js';
import { zapHugePmdComparer } from './decisions/zap-huge-pmd-rows.js';
import { zapHugeRows } from './decisions/zap-huge-rows.js';

export type { DecisionComparer, DecisionRow, DecisionTally } from './decisions/row.js';

/** Group `small`: single questions, each file its own. */
const small: DecisionComparer = {
  group: 'small',
  compare: comparing({ ...smallInsertRows, ...smallReuseRows, ...smallVmaRows }),
};

/** Group `fork_zap_huge`: huge entries at fork and at zap. */
const forkZapHuge: DecisionComparer = {
  group: 'fork_zap_huge',
  compare: comparing({ ...forkHugeRows, ...zapHugeRows }),
};

/** Comparers of every group that the model has. */
export const decisionComparers: readonly DecisionComparer[] = [
  folioWalkComparer,
  forkZapHuge,
  gupComparer,
  insertComparer,
  insertHugeComparer,
  mmIdComparer,
  mprotectComparer,
  normalPageRows,
  remapComparer,
  rmapComparer,
  small,
  zapHugePmdComparer,
];

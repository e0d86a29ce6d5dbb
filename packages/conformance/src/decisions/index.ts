export type { DecisionComparer, DecisionRow } from './comparer.js';
export { type DecisionFileName, decisionFileName } from './file-name.js';
export { normalPageComparer, recorded } from './normal-page-rows.js';
export * from './rules-matrix.js';
export { type ComparedDecisions, type DecisionCounts, runDecisions } from './run-decisions.js';

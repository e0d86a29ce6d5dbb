/**
 * @pagewright/explore: searches every state that operations can lead to, within a bound, for a broken
 * invariant, and shows the shortest way there.
 * @packageDocumentation
 */

export { type Altering, type BoundBisection, bisectBound, outcomeText } from './bisect/bisect.js';
export type { BoundFile, OutcomeFile } from './format/definition.js';
export type { Action } from './format/expand.js';
export { boundJsonSchema } from './format/json-schema.js';
export { type Bound, parseBound } from './format/parse.js';
export { type Litmus, type LitmusVerdict, litmusLine, litmusOf } from './litmus/litmus.js';
export { dotOf } from './path/dot.js';
export { minimise } from './path/minimise.js';
export { type PathStep, replay } from './path/replay.js';
export { scenarioOf } from './path/scenario.js';
export { parseToken, tokenOf } from './path/token.js';
export { type WalkOptions, type WalksResult, walkAtRandom } from './random/walks.js';
export { countEnds, type EndsCount } from './search/count-ends.js';
export { beginBound, explore } from './search/explore.js';
export type {
  Progress,
  SearchLimits,
  SearchResult,
  StoppedBy,
  Violation,
} from './search/result.js';
export { Search } from './search/search.js';
export type { Stepper } from './world/stepper.js';

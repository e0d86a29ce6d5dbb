/**
 * @pagewright/scenario: files that say what happens to memory step by step, and what is expected of
 * it, run under any kernel revision on any paging form.
 * @packageDocumentation
 */
export { type Bisection, bisect, type Finding } from './bisect/bisect.js';
export type { Station, WalkStep } from './bisect/path.js';
export {
  type BisectionData,
  bisectionData,
  bisectionLines,
  type SideData,
  type Sides,
  sidesOf,
} from './bisect/show.js';
export type { StepText } from './bisect/step-text.js';
export type { ScenarioFile } from './format/definition.js';
export { scenarioJsonSchema } from './format/json-schema.js';
export { selectKernels } from './format/kernels.js';
export { parseScenario, type Scenario } from './format/parse.js';
export {
  isGood,
  type LeftOut,
  type RunChoice,
  runAll,
  type ScenarioResult,
  succeededAll,
} from './run/all.js';
export type { StepOutcome } from './run/expectation.js';
export { firstForm } from './run/first-form.js';
export type { OrderOutcome, OrdersRun } from './run/orders.js';
export type { ScenarioRun } from './run/run.js';
export type { StepRun } from './run/run-step.js';
export type { OrderVerdict } from './run/unordered.js';
export { type Comparison, compare } from './series/compare.js';
export { type PatchData, type SeriesData, seriesData } from './series/data.js';
export { seriesMarkdown } from './series/page.js';
export { scenariosOf } from './series/pairs.js';
export { allPatches, type Companion, type Pair, type Patch, patchesOf } from './series/patches.js';
export { parseQuestions, type Question } from './series/questions.js';
export { type Review, type ReviewedPatch, review } from './series/review.js';
export { type FormSource, rememberForms } from './setup/forms.js';
export {
  type OrdersData,
  type OutcomeData,
  type PlainStepData,
  type ResultData,
  type RunData,
  resultData,
  runData,
  type StepRunData,
} from './show/data.js';
export { resultLines, runLines } from './show/lines.js';
export { firstDifference, told } from './show/told.js';

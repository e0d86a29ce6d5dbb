/**
 * @pagewright/scenario: files that say what happens to memory step by step, and what is expected of
 * it, run under any kernel revision on any paging form.
 * @packageDocumentation
 */
export { type Bisection, bisect, type Finding } from './bisect/bisect.js';
export { bisectionData, bisectionLines, type Sides, sidesOf } from './bisect/show.js';
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
export { firstForm } from './run/first-form.js';
export type { OrdersRun } from './run/orders.js';
export type { ScenarioRun } from './run/run.js';
export type { StepRun } from './run/run-step.js';
export { type Comparison, compare } from './series/compare.js';
export { seriesData } from './series/data.js';
export { seriesMarkdown } from './series/page.js';
export { scenariosOf } from './series/pairs.js';
export { allPatches, type Patch, patchesOf } from './series/patches.js';
export { parseQuestions, type Question } from './series/questions.js';
export { type Review, type ReviewedPatch, review } from './series/review.js';
export { type FormSource, rememberForms } from './setup/forms.js';
export { resultData, runData } from './show/data.js';
export { resultLines, runLines } from './show/lines.js';
export { firstDifference, told } from './show/told.js';

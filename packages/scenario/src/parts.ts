/**
 * What scenarios are made of, for packages whose files share objects, operations, names and
 * conditions with them.
 * @packageDocumentation
 */

export { type Make, pathBetween, type Station, type WalkStep } from './bisect/path.js';
export { type StepText, stepText } from './bisect/step-text.js';
export {
  declareObjects,
  NAMED_ANSWERS,
  type NamedKind,
  Names,
  useArguments,
  useState,
  useStep,
} from './format/check-names.js';
export {
  machineSchema,
  type ObjectsFile,
  objectsSchema,
  type StateExpectation,
  type StepFile,
  stateSchema,
} from './format/definition.js';
export { NEEDS } from './format/needs.js';
export { type Call, callOf, OPERATION_NAMES, OPERATIONS_BY_NAME } from './format/operation-of.js';
export {
  type FileKind,
  type Mistake,
  type Path,
  type ReadFile,
  readFile,
} from './format/read-file.js';
export { ARGUMENTS, STEP_FIELDS, stepSchema } from './format/step.js';
export { KERNELS, NAME, type NameParts, number, partsOf, strict } from './format/words.js';
export { answerText, succeeded } from './run/answer-text.js';
export { argumentsOf, callText } from './run/arguments.js';
export { changeLines } from './run/changes.js';
export { selects } from './run/expectation.js';
export { configOf, type Ground, type GroundFile, groundOf } from './run/ground.js';
export { reportLines } from './run/reports.js';
export { runStep } from './run/run-step.js';
export { stateMistakes } from './run/state-check.js';
export { build } from './setup/build.js';
export { type Named, type SavedWorld, ScenarioStop, World } from './setup/world.js';

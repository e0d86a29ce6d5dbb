import { OPERATIONS, type Operation } from '@pagewright/mm';
import type { StepFile } from './definition.js';
import { STEP_FIELDS } from './step.js';

/** Operations by name. */
export const OPERATIONS_BY_NAME: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((each) => [each.name, each]),
);
/** Names of all operations. */
export const OPERATION_NAMES: readonly string[] = [...OPERATIONS_BY_NAME.keys()];

/** The operation of a step with its arguments by name, as they are written. */
export interface Call {
  readonly operation: Operation;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Names of the operations that a step has: one, when it is right, or none for a check. */
export const operationsIn = (step: StepFile): readonly string[] =>
  Object.keys(step).filter((key) => !(STEP_FIELDS as readonly string[]).includes(key));

/** The operation of a step; undefined for a check. */
export function callOf(step: StepFile): Call | undefined {
  const [name = ''] = operationsIn(step);
  const operation = OPERATIONS_BY_NAME.get(name);
  if (operation === undefined) return undefined;
  const written = (step as Readonly<Record<string, unknown>>)[name];
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) {
    return { operation, args: written as Readonly<Record<string, unknown>> };
  }
  const [first = ''] = Object.keys(operation.parameters);
  return { operation, args: { [first]: written } };
}

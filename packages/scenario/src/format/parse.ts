import { ok, type Result } from '@pagewright/core';
import { checkKernels } from './check-kernels.js';
import { checkNames } from './check-names.js';
import { checkOrders } from './check-orders.js';
import { type ScenarioFile, scenarioSchema } from './definition.js';
import { OPERATION_NAMES } from './operation-of.js';
import { type FileKind, type Path, readFile } from './read-file.js';
import { STEP_FIELDS } from './step.js';

/** A scenario file that was read. */
export interface Scenario {
  readonly name: string;
  readonly file: ScenarioFile;
  /** `name:line:column` of a place in the file. */
  readonly where: (path: Path) => string;
}

/**
 * Reads a scenario file. Code `bad-scenario`: one line with file, line, column and what was meant.
 *
 * @param name how the file is called in messages
 */
export function parseScenario(text: string, name: string): Result<Scenario> {
  const read = readFile(text, name, SCENARIO_FILE);
  return read.ok ? ok({ name, ...read.value }) : read;
}

/** Names of fields, for guesses. */
const FIELDS = [
  ...['scenario', 'about', 'covers', 'machine', 'needs', 'forall', 'differs', 'objects', 'steps'],
  ...['expect', 'form', 'forms', 'kernel', 'kernels', 'config', 'ram', 'processes', 'files'],
  ...['pages', 'vmas', 'kind', 'order', 'flags', 'process', 'at', 'file', 'pgoff', 'ops', 'fault'],
  ...['entries', 'tainted', 'invariants', 'write', 'special', 'dirty', 'young', 'refcount'],
  ...['mapcount', 'exclusive', 'anon', 'swap', 'shmem', 'ptes', 'answer', 'warns', 'reports'],
];

const SCENARIO_FILE: FileKind<ScenarioFile> = {
  code: 'bad-scenario',
  schema: scenarioSchema,
  check: (file) => checkNames(file) ?? checkKernels(file) ?? checkOrders(file),
  guesses: (path) =>
    path[0] === 'steps' && typeof path.at(-1) === 'number'
      ? { what: 'operation or field', known: [...OPERATION_NAMES, ...STEP_FIELDS] }
      : { what: 'field', known: FIELDS },
};

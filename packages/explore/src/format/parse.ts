import { ok, type Result } from '@pagewright/core';
import {
  type FileKind,
  OPERATION_NAMES,
  type Path,
  readFile,
  STEP_FIELDS,
} from '@pagewright/scenario/parts';
import { ACTION_FIELDS } from './action.js';
import { checkBound } from './check.js';
import { type BoundFile, boundSchema } from './definition.js';
import { type Action, expandActions } from './expand.js';

/** A bound file that was read. */
export interface Bound {
  readonly name: string;
  readonly file: BoundFile;
  /** What may happen, each with its number. */
  readonly actions: readonly Action[];
  /** `name:line:column` of a place in the file. */
  readonly where: (path: Path) => string;
}

/**
 * Reads a bound file. Code `bad-bound`: one line with file, line, column and what was meant.
 *
 * @param name how the file is called in messages
 */
export function parseBound(text: string, name: string): Result<Bound> {
  const read = readFile(text, name, BOUND_FILE);
  if (!read.ok) return read;
  return ok({ name, ...read.value, actions: expandActions(read.value.file.actions) });
}

const BOUND_FILE: FileKind<BoundFile> = {
  code: 'bad-bound',
  schema: boundSchema,
  check: checkBound,
  guesses: (path) => {
    if (typeof path.at(-1) !== 'number') return { what: 'field', known: FIELDS };
    const fields = path[0] === 'actions' ? ACTION_FIELDS : STEP_FIELDS;
    return { what: 'operation or field', known: [...OPERATION_NAMES, ...fields] };
  },
};

/** Names of fields, for guesses. */
const FIELDS = [
  ...Object.keys(boundSchema.shape),
  ...['form', 'kernel', 'config', 'ram', 'room', 'processes', 'files', 'pages', 'vmas', 'flags'],
  ...['invariants', 'conditions', 'warnings', 'bugs', 'reports', 'frames', 'violated', 'length'],
  ...['states', 'transitions', 'unreached', 'stopped', 'result', 'any', 'first free of'],
];

import { fail, ok, type Result } from '@pagewright/core';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { checkKernels } from './check-kernels.js';
import { checkNames } from './check-names.js';
import { checkOrders } from './check-orders.js';
import { type ScenarioFile, scenarioSchema } from './definition.js';
import { nearest } from './nearest.js';
import { OPERATION_NAMES } from './operation-of.js';
import { STEP_FIELDS } from './step.js';

/** Longest file that is read, in characters. */
const LONGEST_FILE = 1 << 20;
const MOST_ALIASES = 100;

/** Where something stands in a file: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A mistake in a file. */
export interface Mistake {
  readonly path: Path;
  readonly message: string;
  /** The key is meant, not its value. */
  readonly key?: string;
}

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
  if (text.length > LONGEST_FILE) {
    return fail('bad-scenario', `${name}: longer than ${LONGEST_FILE} characters`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) return bad(at(broken.pos[0]), firstLine(broken.message));
  const where = (path: Path, key?: string): string => at(offsetOf(document, path, key));
  const plain = plainOf(document);
  if (plain === undefined) return bad(`${name}:1:1`, 'its aliases stand for too much');
  const parsed = scenarioSchema.safeParse(plain.value);
  const mistake = parsed.success
    ? (checkNames(parsed.data) ?? checkKernels(parsed.data) ?? checkOrders(parsed.data))
    : mistakeOf(parsed.error.issues);
  if (mistake !== undefined) return bad(where(mistake.path, mistake.key), mistake.message);
  return ok({ name, file: parsed.data as ScenarioFile, where });
}

/** What the document holds; undefined where aliases of aliases would fill the memory. */
function plainOf(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

const bad = (place: string, message: string): Result<never> =>
  fail('bad-scenario', `${place}: ${message}`, { place });

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** Where a value, or one of its keys, begins; the nearest thing around it when it is not there. */
function offsetOf(document: Document, path: Path, key: string | undefined): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node) || node.range == null) continue;
    if (key !== undefined && length === path.length && isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && item.key.value === key,
      );
      if (isPair(pair) && isScalar(pair.key) && pair.key.range != null) return pair.key.range[0];
    }
    return node.range[0];
  }
  return 0;
}

type Issue = z.core.$ZodIssue;

/** The first issue, in words. Of a choice, the branch that understood most speaks. */
function mistakeOf(issues: readonly Issue[], above: Path = []): Mistake {
  const issue = issues[0] as Issue;
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors
      .filter((branch) => branch.length > 0)
      .map((branch) => mistakeOf(branch, path));
    const deepest = branches.reduce<Mistake | undefined>(
      (best, branch) => (depth(branch) > depth(best) ? branch : best),
      undefined,
    );
    if (deepest !== undefined && depth(deepest) > path.length) return deepest;
    return { path, message: `expected ${issue.message}` };
  }
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, path);
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? issue.message;
    return { path: path.slice(0, -1), key: String(path.at(-1)), message: meant(reason) };
  }
  const missing = issue.code === 'invalid_type' && /received undefined$/.test(issue.message);
  if (missing && typeof path.at(-1) === 'string') {
    const message = `the field "${String(path.at(-1))}" is missing`;
    return { path: path.slice(0, -1), message };
  }
  return { path, message: meant(issue.message) };
}

const depth = (mistake: Mistake | undefined): number =>
  mistake === undefined ? -1 : mistake.path.length + (mistake.key === undefined ? 0 : 1);

const meant = (message: string): string =>
  message.startsWith('Invalid input: ') ? message.slice('Invalid input: '.length) : message;

function unknownKey(issue: Issue & { code: 'unrecognized_keys' }, path: Path): Mistake {
  const key = issue.keys[0] ?? '';
  const inStep = path[0] === 'steps' && typeof path.at(-1) === 'number';
  const guess = nearest(key, inStep ? [...OPERATION_NAMES, ...STEP_FIELDS] : FIELDS);
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
  const what = inStep ? 'operation or field' : 'field';
  return { path, key, message: `unknown ${what} "${key.slice(0, 60)}"${hint}` };
}

/** Names of fields, for guesses. */
const FIELDS = [
  ...['scenario', 'about', 'covers', 'machine', 'needs', 'forall', 'differs', 'objects', 'steps'],
  ...['expect', 'form', 'forms', 'kernel', 'kernels', 'config', 'ram', 'processes', 'files'],
  ...['pages', 'vmas', 'kind', 'order', 'flags', 'process', 'at', 'file', 'pgoff', 'ops', 'fault'],
  ...['entries', 'tainted', 'invariants', 'write', 'special', 'dirty', 'young', 'refcount'],
  ...['mapcount', 'exclusive', 'anon', 'swap', 'shmem', 'ptes', 'answer', 'warns', 'reports'],
];

import { fail, ok, type Result } from '@pagewright/core';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.js';

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

/** A file that was read and found right. */
export interface ReadFile<T> {
  readonly file: T;
  /** `name:line:column` of a place in the file. */
  readonly where: (path: Path) => string;
}

/** How files of a kind are read. */
export interface FileKind<T> {
  /** Code of the problem that a wrong file is. */
  readonly code: string;
  readonly schema: z.ZodType<T>;
  /** What the schema cannot say. */
  readonly check: (file: T) => Mistake | undefined;
  /** What an unknown key at a place may have meant, and what keys there are called. */
  readonly guesses: (path: Path) => { readonly what: string; readonly known: readonly string[] };
}

/**
 * Reads a file in YAML. One line says with file, line and column what is wrong.
 *
 * @param name how the file is called in messages
 */
export function readFile<T>(text: string, name: string, kind: FileKind<T>): Result<ReadFile<T>> {
  const bad = (place: string, message: string): Result<never> =>
    fail(kind.code, `${place}: ${message}`, { place });
  if (text.length > LONGEST_FILE) {
    return fail(kind.code, `${name}: longer than ${LONGEST_FILE} characters`);
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
  const parsed = kind.schema.safeParse(plain.value);
  const mistake = parsed.success
    ? kind.check(parsed.data)
    : mistakeOf(parsed.error.issues, kind.guesses);
  if (mistake !== undefined) return bad(where(mistake.path, mistake.key), mistake.message);
  return ok({ file: parsed.data as T, where });
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
type Guesses = FileKind<unknown>['guesses'];

/** The first issue, in words. Of a choice, the branch that understood most speaks. */
function mistakeOf(issues: readonly Issue[], guesses: Guesses, above: Path = []): Mistake {
  const issue = issues[0] as Issue;
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors
      .filter((branch) => branch.length > 0)
      .map((branch) => mistakeOf(branch, guesses, path));
    const deepest = branches.reduce<Mistake | undefined>(
      (best, branch) => (depth(branch) > depth(best) ? branch : best),
      undefined,
    );
    if (deepest !== undefined && depth(deepest) > path.length) return deepest;
    return { path, message: `expected ${issue.message}` };
  }
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, guesses, path);
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

function unknownKey(
  issue: Issue & { code: 'unrecognized_keys' },
  guesses: Guesses,
  path: Path,
): Mistake {
  const key = issue.keys[0] ?? '';
  const { what, known } = guesses(path);
  const guess = nearest(key, known);
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
  return { path, key, message: `unknown ${what} "${key.slice(0, 60)}"${hint}` };
}

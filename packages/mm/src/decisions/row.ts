/**
 * Rows of recorded decisions, and how an answer of the model is compared with each of them. The
 * interfaces are those of @pagewright/conformance, which this package does not depend on.
 *
 * A comparer is made of one function for each function of the kernel. It is called once a row, makes
 * what the row needs (a `World`), and answers a function that is called once a combination:
 *
 *     export const insertComparer: DecisionComparer = {
 *       group: 'insert',
 *       compare: comparing({
 *         insert_page: (row, revision) => {
 *           const world = worldOf(revision, row);
 *           ... world.keep();
 *           return (inputs) => { world.restore(); ...; return answer(world, ...); };
 *         },
 *       }),
 *     };
 */
import type { Revision } from '@pagewright/core';

/** Where answers are counted. */
export interface DecisionTally {
  /** Counts answers that agreed. */
  agreed(count: number): void;
  /** Compares one answer. */
  check(
    at: { readonly file: string; readonly line: number; readonly key: string; readonly in: string },
    expected: unknown,
    got: unknown,
  ): void;
  /** Counts answers that are not compared, with the reason. */
  leaveOut(key: string, reason: string, count?: number): void;
}

/** A row on its way to be compared. */
export interface DecisionRow {
  readonly group: string;
  readonly file: string;
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tally: DecisionTally;
}

/** Compares the rows of one group; answers what is wrong with a row that cannot be read. */
export interface DecisionComparer {
  readonly group: string;
  compare(row: DecisionRow, revision: Revision): string | undefined;
}

/** A combination of a row's inputs: those that lead the row, and one value of each of its trail. */
export class Inputs {
  constructor(private readonly values: Readonly<Record<string, string>>) {}

  /** An input as written. Throws BadRow where the row has none of that name. */
  get(name: string): string {
    const value = this.values[name];
    if (value === undefined) throw new BadRow(`${name} is missing`);
    return value;
  }

  /** An input that is 0 or 1; where the row has none, as 0. */
  is(name: string): boolean {
    return this.values[name] === '1';
  }

  /** An input that must be 0 or 1. Throws BadRow for anything else. */
  flag(name: string): boolean {
    const value = this.get(name);
    if (value !== '0' && value !== '1') throw new BadRow(`${name} is neither 0 nor 1`);
    return value === '1';
  }

  /** The row has the input. */
  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  /** An input that is a number. */
  number(name: string): number {
    const value = Number(this.get(name));
    if (!Number.isInteger(value)) throw new BadRow(`${name} is no number`);
    return value;
  }

  /** One of the names of a table. Throws BadRow for another. */
  of<T>(name: string, table: Readonly<Record<string, T>>): T {
    const value = this.get(name);
    if (!Object.hasOwn(table, value))
      throw new BadRow(`${name} "${value.slice(0, 40)}" is unknown`);
    return table[value] as T;
  }

  /** All inputs, for reports of mismatches. */
  inWords(): string {
    return Object.entries(this.values)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
  }
}

/** A row that says something nobody knows. */
export class BadRow extends Error {}

/** An answer that is not compared, and why. */
export interface NotModelled {
  readonly notModelled: string;
}

/** Answers a combination, in the words of the files. */
export type Answer = (inputs: Inputs) => string | NotModelled;

/**
 * Prepares a row and answers its combinations. The inputs are the same object for all of them: it
 * holds the first combination while the row is prepared.
 */
export type RowAnswer = (inputs: Inputs, revision: Revision) => Answer;

/** A `compare` over the functions of a group, by their names in the files. */
export function comparing(
  functions: Readonly<Record<string, RowAnswer>>,
): DecisionComparer['compare'] {
  return (row, revision) => {
    const { fn, out } = row.fields;
    if (typeof fn !== 'string' || !Object.hasOwn(functions, fn)) {
      const key = `${row.group}/${String(fn).slice(0, 80)}`;
      row.tally.leaveOut(key, 'no model of this function', String(out).length);
      return undefined;
    }
    const combinations = combinationsOf(row.fields);
    if (typeof combinations === 'string') return combinations;
    try {
      compareAll(row, fn, combinations, functions[fn] as RowAnswer, revision);
      return undefined;
    } catch (error) {
      if (error instanceof BadRow) return error.message;
      throw error;
    }
  };
}

interface Combinations {
  readonly fixed: Readonly<Record<string, string>>;
  /** Names of the trail, and the values of each. */
  readonly names: readonly string[];
  readonly values: readonly (readonly string[])[];
  readonly expected: readonly string[];
}

/** Written for a combination that does not exist. */
const IMPOSSIBLE = '-';

/** Keys that are no inputs. */
const NO_INPUT = new Set(['fn', 'cfg', 'trail', 'out', 'dict']);

function combinationsOf(fields: DecisionRow['fields']): Combinations | string {
  const { cfg = {}, trail, out, dict } = fields;
  if (typeof out !== 'string') return 'out is no string';
  if (!isTrail(trail)) return 'trail is no list of inputs with their values';
  if (!isRecord(cfg) || (dict !== undefined && !isRecord(dict))) return 'cfg or dict is no object';
  const values = trail.map(([, ...each]) => each.map(String));
  const count = values.reduce((product, each) => product * each.length, 1);
  const letters = [...out];
  if (letters.length !== count) return `out has ${letters.length} answers, the trail ${count}`;
  const texts = new Map(dict === undefined ? [] : Object.entries(dict));
  const expected = letters.map((letter) => (dict === undefined ? letter : texts.get(letter)));
  if (!expected.every((each) => typeof each === 'string')) return 'an answer is not in dict';
  const plain = Object.entries(fields).filter(([key]) => !NO_INPUT.has(key));
  const built = Object.entries(cfg).map(([key, value]) => [`cfg.${key}`, value]);
  const fixed = Object.fromEntries([...plain, ...built].map(([key, v]) => [key, String(v)]));
  return { fixed, names: trail.map(([name]) => name), values, expected };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTrail = (value: unknown): value is readonly (readonly [string, ...unknown[]])[] =>
  Array.isArray(value) &&
  value.every((each) => Array.isArray(each) && each.length > 1 && typeof each[0] === 'string');

function compareAll(
  row: DecisionRow,
  fn: string,
  { fixed, names, values, expected }: Combinations,
  prepare: RowAnswer,
  revision: Revision,
): void {
  const current: Record<string, string> = { ...fixed };
  const at = values.map(() => 0);
  names.forEach((name, i) => {
    current[name] = values[i]?.[0] as string;
  });
  const inputs = new Inputs(current);
  const answer = prepare(inputs, revision);
  let agreed = 0;
  for (const wanted of expected) {
    // A combination that does not exist counts neither way.
    const got = wanted === IMPOSSIBLE ? IMPOSSIBLE : answer(inputs);
    if (got === wanted) agreed += wanted === IMPOSSIBLE ? 0 : 1;
    else if (typeof got === 'object') {
      row.tally.leaveOut(`${row.group}/${fn}`, got.notModelled);
    } else {
      const { file, line } = row;
      row.tally.check({ file, line, key: fn, in: inputs.inWords() }, wanted, got);
    }
    // The last input of the trail varies fastest.
    for (let i = names.length - 1; i >= 0; i--) {
      const choices = values[i] as readonly string[];
      const next = ((at[i] as number) + 1) % choices.length;
      at[i] = next;
      current[names[i] as string] = choices[next] as string;
      if (next !== 0) break;
    }
  }
  row.tally.agreed(agreed);
}

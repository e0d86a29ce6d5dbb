import type { StateExpectation } from '@pagewright/scenario/parts';
import { type Call, OPERATIONS_BY_NAME } from '@pagewright/scenario/parts';
import type { ActionFile } from './action.js';
import { ACTION_FIELDS } from './action.js';

/** One action with all its arguments chosen. */
export interface Action {
  /** Its place among all actions: what tokens are made of. */
  readonly number: number;
  /** Position in the file of what it was made of. */
  readonly entry: number;
  readonly call: Call;
  /** What its answer may be called, in the order in which names are taken. */
  readonly names: readonly string[];
  readonly when?: StateExpectation;
  readonly atMost?: number;
  readonly neverAnswers: readonly string[];
  readonly kernels?: string;
  readonly label?: string;
}

/** Most actions that the arguments of a file may make. */
export const MOST_ACTIONS = 4096;

/** The operations that an entry of the file names: one, when it is right. */
export const operationsOf = (entry: ActionFile): readonly string[] =>
  Object.keys(entry).filter((key) => !(ACTION_FIELDS as readonly string[]).includes(key));

/** Arguments of an entry by name, each with its values. */
export function argumentsOf(entry: ActionFile): ReadonlyMap<string, readonly unknown[]> {
  const [name = ''] = operationsOf(entry);
  const written = (entry as Readonly<Record<string, unknown>>)[name];
  const isByName = isRecord(written) && !('any' in written);
  const [first = ''] = Object.keys(OPERATIONS_BY_NAME.get(name)?.parameters ?? {});
  const args = isByName ? written : { [first]: written };
  return new Map(Object.entries(args).map(([key, value]) => [key, valuesOf(value)]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valuesOf = (value: unknown): readonly unknown[] =>
  isRecord(value) && Array.isArray(value.any) ? value.any : [value];

/** How many actions an entry makes. */
export function countOf(entry: ActionFile): number {
  let count = 1;
  for (const values of argumentsOf(entry).values()) count *= values.length;
  return count;
}

/** Names that the answer of an entry may get. */
export function namesOf({ as }: ActionFile): readonly string[] {
  if (as === undefined) return [];
  return typeof as === 'string' ? [as] : as['first free of'];
}

/** Every action of a file: for each entry all choices of arguments, the last one changing fastest. */
export function expandActions(entries: readonly ActionFile[]): readonly Action[] {
  const actions: Action[] = [];
  for (const [i, entry] of entries.entries()) {
    const operation = OPERATIONS_BY_NAME.get(operationsOf(entry)[0] ?? '');
    if (operation === undefined) continue;
    for (const args of product([...argumentsOf(entry)])) {
      actions.push({
        number: actions.length,
        entry: i,
        call: { operation, args },
        names: namesOf(entry),
        neverAnswers: (entry['never answers'] ?? []).map(answerWord),
        ...(entry.when === undefined ? {} : { when: entry.when }),
        ...(entry['at most'] === undefined ? {} : { atMost: entry['at most'] }),
        ...(entry.kernels === undefined ? {} : { kernels: entry.kernels }),
        ...(entry.label === undefined ? {} : { label: entry.label }),
      });
    }
  }
  return actions;
}

const answerWord = (answer: string | number | boolean): string =>
  typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : String(answer);

function product([first, ...rest]: readonly (readonly [string, readonly unknown[]])[]): Record<
  string,
  unknown
>[] {
  if (first === undefined) return [{}];
  const [name, values] = first;
  const others = product(rest);
  return values.flatMap((value) => others.map((other) => ({ [name]: value, ...other })));
}

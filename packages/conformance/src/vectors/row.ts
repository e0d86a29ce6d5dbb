import { type Bits, type EntryForm, hex } from '@pagewright/core';
import type { Tally } from './tally.js';

/** A parsed row: keys and answers as the file has them. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a line that holds one JSON object; anything else is answered undefined. */
export function parseRow(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Row)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What every comparison of a row needs: the form, the counts, and where the row stands. */
export interface RowContext {
  readonly form: EntryForm;
  readonly tally: Tally;
  readonly file: string;
  readonly line: number;
  /** The row's inputs in words, for reports of mismatches. */
  readonly input: string;
}

/** Reads a word that the file gives as a hex string; anything else is answered undefined. */
export function wordOf(value: unknown): Bits | undefined {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(value)) return undefined;
  return BigInt(value) as Bits;
}

/** A member by a name from a file, which may be one that every object inherits. */
export const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** An input as a word; objects, which no input should be, as their JSON. */
export const inWord = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/** The inputs of a row in a few words: all keys but those that hold answers. */
export const inWords = (fields: Row, answers: ReadonlySet<string>): string =>
  Object.entries(fields)
    .filter(([key]) => !answers.has(key))
    .map(([key, value]) => `${key}=${inWord(value)}`)
    .join(' ');

/** How many answers a row about one entry holds: each member of `swp` and each outcome is one. */
export const answersIn = (fields: Row): number =>
  Object.entries(fields)
    .filter(([key]) => key !== 'in')
    .reduce((sum, [, value]) => {
      return sum + (typeof value === 'object' && value !== null ? Object.keys(value).length : 1);
    }, 0);

/** A value of ours in the form in which the files write it: a word as text or as a number. */
export function asWritten(
  expected: unknown,
  got: bigint | boolean | number,
): string | boolean | number {
  if (typeof got !== 'bigint') return got;
  return typeof expected === 'number' ? Number(got) : hex(got);
}

/** Compares one answer of the row. */
export function compare(
  row: RowContext,
  key: string,
  expected: unknown,
  got: bigint | boolean | number,
): void {
  row.tally.check(
    { file: row.file, line: row.line, key, in: row.input },
    expected,
    asWritten(expected, got),
  );
}

/** Counts an answer that the row has and the form does not. */
export function leaveOut(row: RowContext, key: string, reason: string, count = 1): void {
  row.tally.leaveOut(key, reason, count);
}

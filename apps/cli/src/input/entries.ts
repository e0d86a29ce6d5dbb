import { fail, ok, type Result } from '@pagewright/core';
import { type EntryWord, entriesOfArguments, entriesOfText } from './entry-words.js';
import { readStandardInput, STANDARD_INPUT } from './standard-input.js';

/**
 * The entries that the arguments name, in order; a `-` stands for those on standard input. Codes:
 * `bad-entry`, `too-many-entries`, `input-too-long`, `no-entry`.
 */
export async function readEntries(args: readonly string[]): Promise<Result<readonly EntryWord[]>> {
  const dash = args.indexOf('-');
  if (dash < 0) return entriesOfArguments(args);
  if (args.includes('-', dash + 1)) {
    return fail('bad-entry', 'standard input (-) can be read only once');
  }
  const before = entriesOfArguments(args.slice(0, dash));
  if (!before.ok) return before;
  const after = entriesOfArguments(args.slice(dash + 1));
  if (!after.ok) return after;
  const text = await readStandardInput();
  if (!text.ok) return text;
  const piped = entriesOfText(text.value, STANDARD_INPUT);
  if (!piped.ok) return piped;
  if (piped.value.length === 0) return fail('no-entry', `${STANDARD_INPUT}: holds no entry`);
  return ok([...before.value, ...piped.value, ...after.value]);
}

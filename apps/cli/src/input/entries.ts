import { fail, ok, type Result } from '@pagewright/core';
import { type EntryWord, entriesOfArguments, entriesOfText } from './entry-words.js';
import { readStandardInput, STANDARD_INPUT } from './standard-input.js';

/** Most entries of one call: a document holds them all at once. */
const MOST_ENTRIES = 20_000;

/**
 * The entries that the arguments name, in order; a `-` stands for those on standard input. Codes:
 * `bad-entry`, `input-too-long`, `no-entry`, `too-many-entries`.
 */
export async function readEntries(args: readonly string[]): Promise<Result<readonly EntryWord[]>> {
  const dash = args.indexOf('-');
  if (dash < 0) return bounded(entriesOfArguments(args));
  if (args.includes('-', dash + 1)) {
    return fail('bad-entry', 'standard input (-) can be read only once', {});
  }
  const [before, after] = [args.slice(0, dash), args.slice(dash + 1)].map(entriesOfArguments);
  if (before?.ok === false) return before;
  if (after?.ok === false) return after;
  const text = await readStandardInput();
  if (!text.ok) return text;
  const piped = entriesOfText(text.value, STANDARD_INPUT);
  if (!piped.ok) return piped;
  if (piped.value.length === 0) return fail('no-entry', `${STANDARD_INPUT}: holds no entry`, {});
  return bounded(ok([...(before?.value ?? []), ...piped.value, ...(after?.value ?? [])]));
}

function bounded(words: Result<readonly EntryWord[]>): Result<readonly EntryWord[]> {
  if (!words.ok || words.value.length <= MOST_ENTRIES) return words;
  return fail(
    'too-many-entries',
    `${words.value.length} entries: at most ${MOST_ENTRIES} at a time`,
    { entries: words.value.length },
  );
}

import {
  type EntryForm,
  fail,
  isLevel,
  LEVELS,
  type Level,
  ok,
  type Result,
} from '@pagewright/core';
import type { EntryWord } from './input/entry-words.js';

/** Reads `--level`; code `unknown-level`. */
export function parseLevel(text: string | undefined): Result<Level | undefined> {
  if (text === undefined) return ok(undefined);
  if (isLevel(text)) return ok(text);
  const level = text.slice(0, 40);
  return fail('unknown-level', `unknown level "${level}"; levels: ${LEVELS.join(', ')}`, { level });
}

/** The level of an entry: as written beside it, as asked for, or pte; the word must fit the form. */
export function checkedEntry(
  form: EntryForm,
  { raw, level: written }: EntryWord,
  asked: Level | undefined,
): Result<Level> {
  const word = `0x${raw.toString(16)}`;
  const { wordBits } = form.definition;
  if (written !== undefined && asked !== undefined && written !== asked) {
    return fail('bad-entry', `entry ${word}: written as a ${written}, but --level says ${asked}`, {
      raw,
    });
  }
  if (raw >> BigInt(wordBits) !== 0n) {
    const message = `entry ${word}: wider than the ${wordBits} bits of a word of ${form.name}`;
    return fail('bad-entry', message, { raw, wordBits });
  }
  return checkLevel(form, (written && holder(form, written)) ?? asked ?? 'pte');
}

/**
 * Where the entry of a level is found: kernel logs print folded levels too, whose entry is that of
 * the table above (`P4D` beside `PGD` with four levels).
 */
const holder = (form: EntryForm, level: Level): Level =>
  form.geometry(level)?.folded
    ? (form.levels.find((above) => !above.folded && above.decidedBy === level)?.level ?? level)
    : level;

/** Checks that a form has tables of a level; code `no-such-level`, with those that it has. */
function checkLevel(form: EntryForm, level: Level): Result<Level> {
  if (form.hasTable(level)) return ok(level);
  const levels = form.levels.filter(({ folded }) => !folded).map((geometry) => geometry.level);
  const why = form.geometry(level)?.folded ? `its ${level} is folded` : `it has no ${level}`;
  const message = `${form.name} has no ${level} entries: ${why}; levels: ${levels.join(', ')}`;
  return fail('no-such-level', message, { form: form.name, level });
}

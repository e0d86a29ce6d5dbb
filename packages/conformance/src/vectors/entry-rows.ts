import { type Bits, type EntryForm, isAbsentHelper, type Level } from '@pagewright/core';
import { answersIn, compare, leaveOut, type Row, type RowContext, wordOf } from './row.js';
import { compareSwap } from './swap-rows.js';

const NO_HELPER = 'the form has no such helper';

/** Compares a row of `<level>.vectors`: every helper of one entry. */
export function compareEntryRow(row: RowContext, level: Level, fields: Row): void {
  const entry = wordOf(fields.in);
  if (entry === undefined) {
    leaveOut(row, `${level}.in`, 'the row has no entry', answersIn(fields));
    return;
  }
  for (const [key, expected] of Object.entries(fields)) {
    if (key === 'in') continue;
    if (key === 'modify') compareModify(row, level, entry, expected);
    else if (key === 'swp') compareSwap(row, level, entry, expected);
    else compareHelper(row, level, entry, key, expected);
  }
}

function compareHelper(
  row: RowContext,
  level: Level,
  entry: Bits,
  name: string,
  expected: unknown,
): void {
  const helper = row.form.helper(level, name);
  const key = `${level}.${name}`;
  if (isAbsentHelper(helper)) leaveOut(row, key, NO_HELPER);
  else if (helper.params.length > 1) leaveOut(row, key, 'the row lacks an input');
  else compare(row, key, expected, helper.bits(entry));
}

function compareModify(row: RowContext, level: Level, entry: Bits, expected: unknown): void {
  const outcomes = Array.isArray(expected) ? expected : [];
  const key = `${level}.modify`;
  const helper = row.form.helper(level, 'modify');
  for (const outcome of outcomes) {
    const prot = wordOf(outcome?.prot);
    if (isAbsentHelper(helper)) leaveOut(row, key, NO_HELPER);
    else if (prot === undefined) leaveOut(row, key, 'the outcome names no protection');
    else compare(row, key, outcome.out, helper.bits(entry, prot));
  }
  if (outcomes.length === 0) leaveOut(row, key, 'not a list of outcomes');
}

/** True when a file of this form holds rows about entries of a level. */
export const levelOfFile = (form: EntryForm, stem: string): Level | undefined =>
  form.levels.find(({ level }) => level === stem)?.level;

import { type EntryForm, fail, ok, type Result } from '@pagewright/core';
import { compareEntryRow, levelOfFile } from './entry-rows.js';
import { compareFacts } from './facts-rows.js';
import type { VectorFolder } from './folder.js';
import { compareOperationRow } from './operation-rows.js';
import { answersIn, inWord, inWords, parseRow, type Row } from './row.js';
import { Tally } from './tally.js';

/** What one folder's comparison found. Facts are counted apart from the vectors. */
export interface VectorReport {
  readonly folder: string;
  readonly form: string;
  readonly headers: string;
  readonly vectors: Tally;
  readonly facts: Tally;
}

/**
 * Compares every answer of every row in a folder with the form. A line that is no JSON object ends
 * the run with code `bad-row` and its file and line; keys that nobody knows are counted, not skipped.
 */
export function runVectors(form: EntryForm, folder: VectorFolder): Result<VectorReport> {
  const vectors = new Tally();
  for (const file of folder.files) {
    const path = `${folder.name}/${file.name}`;
    const stem = file.name.split('.')[0] ?? '';
    const level = levelOfFile(form, stem);
    let line = 0;
    for (const text of file.lines()) {
      line++;
      if (text.trim() === '') continue;
      const fields = parseRow(text);
      if (fields === undefined) {
        return fail('bad-row', `${path}:${line}: not a JSON object`, { file: path, line });
      }
      const context = { form, tally: vectors, file: path, line, input: inputOf(fields) };
      if (typeof fields.op === 'string') compareOperationRow(context, fields);
      else if (level !== undefined) compareEntryRow(context, level, fields);
      else {
        vectors.leaveOut(stem, 'rows of a kind that is not known', answersIn(fields));
      }
    }
  }
  const facts = folder.facts
    ? compareFacts(form, folder.facts, `${folder.name}/facts.json`)
    : new Tally();
  return ok({ folder: folder.name, form: form.name, headers: form.headers, vectors, facts });
}

/** The row's inputs in a few words. */
function inputOf(fields: Row): string {
  return 'in' in fields && !('op' in fields) ? inWord(fields.in) : inWords(fields, ANSWERS);
}

/** Keys that hold answers in every row that has them. */
const ANSWERS = new Set(['out', 'ret', 'mem_after', 'swp', 'modify']);

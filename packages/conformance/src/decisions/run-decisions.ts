import { fail, findRevision, ok, type Result } from '@pagewright/core';
import type { VectorFile } from '../vectors/folder.js';
import { parseRow, type Row } from '../vectors/row.js';
import { Tally } from '../vectors/tally.js';
import type { DecisionComparer } from './comparer.js';
import { decisionFileName } from './file-name.js';
import { normalPageComparer } from './normal-page-rows.js';

/** Answers of one file: of one group of functions in one revision. */
export interface DecisionCounts {
  readonly file: string;
  readonly group: string;
  /** Id of the revision, or what the file's name says instead. */
  readonly revision: string;
  readonly compared: number;
  readonly mismatchCount: number;
  readonly notCompared: number;
}

/** What a comparison of recorded decisions found: all of it, and counts by file. */
export interface ComparedDecisions {
  readonly tally: Tally;
  readonly files: readonly DecisionCounts[];
}

/**
 * Compares every answer of a folder of recorded decisions whose function a comparer has. What none
 * has is counted under `group/function`, with the reason. A line that is no row ends the run with
 * code `bad-row`, its file and its line.
 *
 * @param onFile told each file's name before it is read
 */
export function runDecisions(
  files: Iterable<VectorFile>,
  comparers: readonly DecisionComparer[] = [normalPageComparer()],
  onFile: (name: string) => void = () => {},
): Result<ComparedDecisions> {
  const total = new Tally();
  const counts: DecisionCounts[] = [];
  for (const file of files) {
    onFile(file.name);
    const compared = compareFile(file, comparers);
    if (!compared.ok) return compared;
    const tally = compared.value;
    total.add(tally);
    const name = decisionFileName(file.name);
    counts.push({
      file: file.name,
      group: name?.group ?? file.name,
      revision: name?.revision ?? '',
      compared: tally.compared,
      mismatchCount: tally.mismatchCount,
      notCompared: tally.notComparedCount,
    });
  }
  return ok({ tally: total, files: counts });
}

function compareFile(file: VectorFile, comparers: readonly DecisionComparer[]): Result<Tally> {
  const tally = new Tally();
  const name = decisionFileName(file.name);
  const group = name?.group ?? file.name;
  const revision = findRevision(name?.revision ?? '');
  const comparer = comparers.find((known) => known.group === name?.group);
  let line = 0;
  for (const text of file.lines()) {
    line++;
    if (text.trim() === '') continue;
    const fields = parseRow(text);
    if (fields === undefined) return badRow(file.name, line, 'not a JSON object');
    if (comparer !== undefined && revision.ok) {
      const row = { group, file: file.name, line, fields, tally };
      const wrong = comparer.compare(row, revision.value);
      if (wrong !== undefined) return badRow(file.name, line, wrong);
    } else {
      const reason = comparer === undefined ? 'no model of this function' : 'no such revision yet';
      tally.leaveOut(`${group}/${functionOf(fields) ?? group}`, reason, answersIn(fields));
    }
  }
  return ok(tally);
}

const badRow = (file: string, line: number, wrong: string): Result<never> =>
  fail('bad-row', `${file}:${line}: ${wrong}`, { file, line });

/** The function that a row is about; a group of one function does not name it. */
const functionOf = ({ fn }: Row): string | undefined =>
  typeof fn === 'string' ? fn.slice(0, 80) : undefined;

/** Answers in a row: one a character, one a key, or the row itself. */
function answersIn({ out }: Row): number {
  if (typeof out === 'string') return out.length;
  return typeof out === 'object' && out !== null ? Object.keys(out).length : 1;
}

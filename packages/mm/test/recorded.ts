import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { findRevision, type Revision } from '@pagewright/core';
import type { DecisionComparer, DecisionTally } from '../src/decisions.js';

const folder = fileURLToPath(new URL('../../../fixtures/decisions', import.meta.url));

/** A file of recorded decisions: a group in a revision. */
export interface RecordedFile {
  readonly name: string;
  readonly group: string;
  readonly revision: string;
  /** Its rows, parsed. */
  readonly rows: () => readonly Readonly<Record<string, unknown>>[];
}

/** Files of which the revision is known, in order. */
export const RECORDED: readonly RecordedFile[] = readdirSync(folder)
  .sort()
  .flatMap((name) => {
    const [, group, suffix] = /^(\w+?)\.(.+)\.jsonl\.gz$/.exec(name) ?? [];
    if (group === undefined || suffix === undefined) return [];
    const revision = revisionOf(suffix);
    if (!findRevision(revision).ok) return [];
    const text = () => gunzipSync(readFileSync(`${folder}/${name}`)).toString();
    const rows = () =>
      text()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    return [{ name, group, revision, rows }];
  });

function revisionOf(suffix: string): string {
  if (suffix === '6.18.35') return 'v6.18-fixed';
  if (suffix === 'zeropage-v1') return 'zeropage-v1/2';
  return suffix.startsWith('r4.') ? `rfc-2025-06/${suffix.slice(3)}` : `v${suffix}`;
}

/** A revision that is known, with changes. */
export function revisionWith(id: string, changes: Partial<Revision> = {}): Revision {
  const found = findRevision(id);
  if (!found.ok) throw new Error(found.problem.message);
  if (Object.keys(changes).length === 0) return found.value;
  const changed = `${id}, changed ${JSON.stringify(changes)}`;
  return { ...found.value, undoes: [], changes: [], ...changes, id: changed, basedOn: id };
}

/** What a comparison found. */
export interface Found {
  readonly agreed: number;
  readonly mismatches: readonly string[];
  /** Reasons of what was left out, with counts. */
  readonly left: Readonly<Record<string, number>>;
}

/** Compares rows with a comparer. Throws for a row that it cannot read. */
export function compareRows(
  comparer: DecisionComparer,
  rows: readonly Readonly<Record<string, unknown>>[],
  revision: Revision,
): Found {
  let agreed = 0;
  const mismatches: string[] = [];
  const left: Record<string, number> = {};
  const tally: DecisionTally = {
    agreed: (count) => {
      agreed += count;
    },
    check: (at, expected, got) => {
      mismatches.push(`${at.line} ${at.key} ${at.in}: ${String(expected)}, not ${String(got)}`);
    },
    leaveOut: (key, reason, count = 1) => {
      left[`${key}: ${reason}`] = (left[`${key}: ${reason}`] ?? 0) + count;
    },
  };
  for (const [i, fields] of rows.entries()) {
    const row = { group: comparer.group, file: 'recorded', line: i + 1, fields, tally };
    const wrong = comparer.compare(row, revision);
    if (wrong !== undefined) throw new Error(`row ${i + 1}: ${wrong}`);
  }
  return { agreed, mismatches, left };
}

/** Answers in a row. */
const answersIn = ({ out }: Readonly<Record<string, unknown>>): number =>
  typeof out === 'string' ? out.length : 12;

/** Rows spread over all of a file, with about so many answers between them. */
export function sample(
  rows: readonly Readonly<Record<string, unknown>>[],
  answers: number,
): readonly Readonly<Record<string, unknown>>[] {
  const all = rows.reduce((sum, row) => sum + answersIn(row), 0);
  const stride = Math.max(1, all / answers);
  const count = Math.ceil(rows.length / stride);
  return Array.from({ length: count }, (_, i) => rows[Math.floor(i * stride)] ?? rows[0] ?? {});
}

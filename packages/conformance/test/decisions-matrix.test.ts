import { readFileSync } from 'node:fs';
import { REVISIONS } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { rulesMatrix } from '../src/decisions/index.js';

/** A data row of SPEC 18.3: cells by column title. */
type SpecRow = Readonly<Record<string, string>>;

/** The tables of section 18.3, read from the document itself. */
function specRows(): SpecRow[] {
  const text = readFileSync(new URL('../../../docs/semantics/SPEC.md', import.meta.url), 'utf8');
  const section = text.split(/^### /m).find((part) => part.startsWith('18.3 ')) ?? '';
  const rows: SpecRow[] = [];
  let titles: string[] = [];
  for (const line of section.split('\n')) {
    if (!line.startsWith('|') || line.startsWith('|---')) continue;
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells[0] === '#') titles = cells;
    else rows.push(Object.fromEntries(titles.map((title, i) => [title, cells[i] ?? ''])));
  }
  return rows;
}

const SPEC_COLUMNS = ['r1', 'r2', 'r3', 'r4.14', 'r5', 'r5f'];
const revisionOf = (specId: string): string =>
  REVISIONS.find((revision) => revision.specId === specId)?.id ?? specId;

function matrix(revisions: readonly string[]) {
  const result = rulesMatrix(revisions);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

describe('SPEC 18.3', () => {
  const rows = specRows();
  const ours = matrix(SPEC_COLUMNS.map(revisionOf)).classes.flatMap(({ rows }) => rows);

  test('every row is there, and no other', () => {
    expect(rows.length).toBe(86);
    expect(ours.map(({ id }) => id)).toEqual(rows.map((row) => row['#']));
  });

  test.each(rows.map((row, i) => [row['#'], row, ours[i]] as const))('%s', (_, row, own) => {
    expect({
      level: own?.level,
      VMA: own?.vma,
      off: `0x${own?.offset.toString(16)}`,
      entry: own?.entry,
    }).toEqual({ level: row.level, VMA: row.VMA, off: row.off, entry: row.entry });
    expect(own?.cells.map(({ answer }) => answer)).toEqual(SPEC_COLUMNS.map((title) => row[title]));
  });
});

test('every revision has a column, and 7.2 answers as the fixed 6.18', () => {
  const all = matrix(REVISIONS.map(({ id }) => id));
  for (const { cells } of all.classes.flatMap(({ rows }) => rows)) {
    expect(cells.length).toBe(REVISIONS.length);
    const answer = (id: string) => cells.find(({ revision }) => revision === id)?.answer;
    expect(answer('v7.2')).toBe(answer('v6.18-fixed'));
    expect(answer('v6.1')).toBe(answer('v6.9'));
  }
});

test('an unknown revision is refused with the list of those known', () => {
  const result = rulesMatrix(['v6.12', 'v2.6']);
  expect(result).toMatchObject({ ok: false, problem: { code: 'unknown-revision' } });
  expect(!result.ok && result.problem.message).toContain('v6.18-fixed');
});

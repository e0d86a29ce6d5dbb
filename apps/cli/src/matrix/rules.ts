import { type MatrixRow, type RulesMatrix, rulesMatrix } from '@pagewright/conformance';
import { hex, ok, REVISIONS, type Result, type Revision } from '@pagewright/core';
import type { Block, Section } from '@pagewright/report';
import { revisionsOf } from '../forms.js';
import type { RulesOutput, RulesRowData } from '../outputs/matrix.js';
import type { AnswerDocument } from '../outputs/output.js';

/** The rows of SPEC 18.3 as a document: one section a class, one column a revision. */
export function rulesDocument(kernel: string | undefined): Result<AnswerDocument> {
  const revisions = kernel === undefined ? ok(shownRevisions()) : revisionsOf(kernel);
  if (!revisions.ok) return revisions;
  const matrix = rulesMatrix(revisions.value.map(({ id }) => id));
  if (!matrix.ok) return matrix;
  const data: RulesOutput = { schema: 'pagewright/matrix/1', rules: rulesData(matrix.value) };
  return ok({ title: 'vm_normal_page*()', blocks: blocksOf(matrix.value), data });
}

/** Every release, and of each series the state after its last patch. */
const shownRevisions = (): readonly Revision[] =>
  REVISIONS.filter(({ id }, i) => {
    const series = id.includes('/') ? id.slice(0, id.lastIndexOf('/') + 1) : undefined;
    return series === undefined || !REVISIONS[i + 1]?.id.startsWith(series);
  });

function blocksOf({ revisions, classes }: RulesMatrix): readonly Block[] {
  const columns = ['row', 'level', 'vma', 'offset', 'entry', ...revisions].map((title) => ({
    title,
  }));
  const sections = classes.map(({ class: name, meaning, rows }): Section => {
    const table = rows.map(({ id, level, vma, offset, entry, cells }) => [
      id,
      level,
      vma,
      hex(offset),
      entry,
      ...cells.map(({ answer }) => answer),
    ]);
    return {
      kind: 'section',
      title: `Class ${name}: ${meaning}`,
      blocks: [{ kind: 'table', columns, rows: table }],
    };
  });
  return [...sections, { kind: 'note', tone: 'dim', text: LEGEND }];
}

const LEGEND =
  'PAGE: the page of the pfn. HOOK: the page that vm_ops names. NULL: no page. BAD: no page, and a ' +
  'report. +W: warns that a zeropage is handed out, or that a special entry is out of place. ' +
  '+Winvalid: warns that the pfn has no struct page. N/A: no such function. Memory map and VMAs: ' +
  'SPEC 18.3.';

function rulesData({ revisions, classes }: RulesMatrix): RulesOutput['rules'] {
  return {
    revisions,
    classes: classes.map(({ class: name, meaning, rows }) => ({
      class: name,
      meaning,
      rows: rows.map(rowData),
    })),
  };
}

const rowData = ({ id, level, vma, offset, entry, cells }: MatrixRow): RulesRowData => ({
  id,
  level,
  vma,
  offset: hex(offset),
  entry,
  answers: cells.map(({ revision, answer, verdict }) => ({
    kernel: revision,
    answer,
    because: verdict.because.map((rule) => rule.id),
    warns: verdict.warns.map((rule) => rule.id),
  })),
});

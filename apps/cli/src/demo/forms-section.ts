import { join } from 'node:path';
import {
  allLaws,
  formOfFolder,
  type LawsReport,
  runLaws,
  runVectors,
  type Tally,
  type VectorFolder,
} from '@pagewright/conformance';
import { readVectorFolders } from '@pagewright/conformance/node';
import { type ArchBackend, type EntryForm, ok, type Result } from '@pagewright/core';
import { type Json, type Section, span, type Text } from '@pagewright/report';

/** Rows that the demo takes of each file of vectors. */
const ROWS_OF_A_FILE = 10;
/** Folders of vectors by name, the newest headers first: one folder a form is enough here. */
const VECTORS = ['golden-7.2', 'golden'];

interface FormRow {
  readonly form: EntryForm;
  readonly laws: LawsReport;
  /** Undefined where there are no vectors of the form. */
  readonly vectors: Tally | undefined;
}

/** A fixed part of the laws and of the vectors, for all forms in the newest headers. */
export function formsSection(
  backends: readonly ArchBackend[],
  fixtures: string,
): Result<{ readonly section: Section; readonly data: Json; readonly broken: boolean }> {
  const laws = everySecond(allLaws);
  const folders = VECTORS.flatMap((name) => readVectorFolders(join(fixtures, name)));
  const rows: FormRow[] = [];
  for (const backend of backends) {
    for (const { name } of backend.forms) {
      const folder = folders.find((each) => each.name === name);
      const form = folder === undefined ? backend.form(name) : formOfFolder(backends, folder);
      if (!form.ok) return form;
      const vectors = folder === undefined ? ok(undefined) : someVectors(form.value, folder);
      if (!vectors.ok) return vectors;
      const report = runLaws(form.value, { part: 'demo', laws });
      rows.push({ form: form.value, laws: report, vectors: vectors.value });
    }
  }
  const part =
    `A fixed part: every second of ${allLaws.length} laws on some of their words, the ` +
    `first ${ROWS_OF_A_FILE} rows of each file of vectors. pagewright conform runs everything.`;
  const section: Section = {
    kind: 'section',
    title: 'Every form against the laws, and against what the kernel headers answer',
    blocks: [{ kind: 'paragraph', text: part }, table(rows)],
  };
  const broken = rows.some(
    ({ laws: { failed }, vectors }) => failed.length > 0 || (vectors?.mismatchCount ?? 0) > 0,
  );
  return ok({ section, data: rows.map(rowData), broken });
}

/** The demo takes every second law, on the demo's part of the sweep. */
const everySecond = <T>(items: readonly T[]): T[] => items.filter((_, i) => i % 2 === 0);

function someVectors(form: EntryForm, folder: VectorFolder): Result<Tally> {
  const files = folder.files.map(({ name, lines }) => ({
    name,
    lines: () => [...lines()].slice(0, ROWS_OF_A_FILE),
  }));
  const report = runVectors(form, { ...folder, files });
  return report.ok ? ok(report.value.vectors) : report;
}

function table(rows: readonly FormRow[]): Section['blocks'][number] {
  return {
    kind: 'table',
    columns: [
      { title: 'form' },
      { title: 'headers' },
      { title: 'laws held', align: 'right' },
      { title: 'checks', align: 'right' },
      { title: 'vectors compared', align: 'right' },
      { title: 'mismatches', align: 'right' },
    ],
    rows: rows.map(({ form, laws, vectors }) => [
      form.name,
      form.headers,
      `${laws.held}`,
      `${laws.checked}`,
      vectors === undefined ? span('none exist', 'dim') : `${vectors.compared}`,
      wrongText(laws.failed.length + (vectors?.mismatchCount ?? 0)),
    ]),
  };
}

const wrongText = (count: number): Text => span(`${count}`, count === 0 ? 'good' : 'problem');

const rowData = ({ form, laws, vectors }: FormRow): Json => ({
  form: form.name,
  headers: form.headers,
  laws: { held: laws.held, failed: laws.failed.map(({ law }) => law), checked: laws.checked },
  vectors:
    vectors === undefined
      ? null
      : { compared: vectors.compared, mismatches: vectors.mismatchCount },
});

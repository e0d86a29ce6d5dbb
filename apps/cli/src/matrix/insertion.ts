import { hex, ok, type Result } from '@pagewright/core';
import {
  columnNames,
  DEFAULT_MEMORY,
  type EncodedKind,
  encodingRows,
  encodingsMatrix,
  type InsertionLevel,
  type InsertionTable,
  insertionMatrix,
  insertionTables,
  type KernelGroup,
  kernelRuns,
  OCCUPANTS,
  parseMemory,
} from '@pagewright/mm/matrices';
import type { Section } from '@pagewright/report';
import type { InsertionLevelData, KernelEncodingsData } from '../outputs/matrix.js';
import type { AnswerDocument } from '../outputs/output.js';
import { formsOfKernels } from './forms-of-kernels.js';

/** `matrix --insert`: what each way to insert an entry answers for each kind of slot. */
export async function insertionDocument(
  name: string,
  kernel: string | undefined,
): Promise<Result<AnswerDocument>> {
  const found = await formsOfKernels(name, kernel);
  if (!found.ok) return found;
  const { revisions, formOf, definition } = found.value;
  const layout = parseMemory(DEFAULT_MEMORY[definition.wordBits]);
  if (!layout.ok) return layout;
  const levels = insertionMatrix(revisions, formOf);
  if (!levels.ok) return levels;
  const encodings = encodingsMatrix(revisions, formOf, layout.value);
  if (!encodings.ok) return encodings;
  return ok({
    title: `Insertion: ${name}`,
    blocks: [
      ...insertionTables(levels.value).map(tableSection),
      encodingsSection(encodings.value),
      { kind: 'note', tone: 'dim', text: legend(layout.value.text) },
    ],
    data: {
      schema: 'pagewright/matrix/1',
      insertion: {
        form: name,
        memory: layout.value.text,
        levels: levels.value.map(levelData),
        encodings: encodings.value.map(encodingData),
      },
    },
  });
}

function tableSection({ primitives, columns, rows }: InsertionTable): Section {
  const names = columnNames(columns);
  return {
    kind: 'section',
    title: primitives.join('; '),
    blocks: [
      {
        kind: 'table',
        columns: ['slot', ...names.map(({ name }) => name)].map((title) => ({ title })),
        rows: rows.map(({ occupant, cells }) => [occupant, ...cells]),
      },
      { kind: 'key-values', pairs: names.map(({ name, kernels }) => [name, kernels] as const) },
    ],
  };
}

function encodingsSection(groups: readonly KernelGroup<readonly EncodedKind[]>[]): Section {
  const titles = ['level', 'kinds', 'entries', 'match', 'as zeropage', 'match some', 'X reads as'];
  return {
    kind: 'section',
    title: 'Entries that are not present, before RFC patch 3: what the compare reads them as',
    blocks: groups.flatMap(({ kernels, answer }) => [
      { kind: 'paragraph', text: kernelRuns(kernels) },
      {
        kind: 'table',
        columns: titles.map((title) => ({ title })),
        rows: encodingRows(answer).map((row) => [
          row.level,
          row.kinds.join(' '),
          row.entries,
          row.matching,
          row.zero,
          row.matchingSome,
          row.readsAs,
        ]),
      },
    ]),
  };
}

const legend = (memory: string): string =>
  'VMAs are shared and writable, of the kind that each function asks for. WARN: a warning of every ' +
  'kernel. mapped: the slot was empty. writable: the entry is writable now. edited: an entry that ' +
  'is not present was changed as if it were. BUG: the kernel stops. ' +
  `${Object.entries(OCCUPANTS)
    .map(([name, text]) => `${name}: ${text}.`)
    .join(' ')} ` +
  `Entries: types times offsets, all of them counted; a frame of RAM is inserted (memory ${memory}). ` +
  'match: as many read as that frame, and are edited. as zeropage: refused in silence. All others ' +
  'warn. match some: how many read as some frame of that memory. X reads as: the frame number that ' +
  'an entry of offset X, a migration entry of frame X, is taken for.';

const levelData = ({ level, groups }: InsertionLevel): InsertionLevelData => ({
  level,
  kernels: groups.map(({ kernels, answer }) => ({
    kernels,
    primitives: answer.map(({ primitive, answers }) => ({
      primitive,
      answers: answers.map((each) => ({ ...each })),
    })),
  })),
});

/** Counts of entries go beyond what numbers of JSON hold exactly: they are words. */
const encodingData = ({
  kernels,
  answer,
}: KernelGroup<readonly EncodedKind[]>): KernelEncodingsData => ({
  kernels,
  kinds: answer.map(({ entries, matching, zero, warning, matchingSome, shift, ...kind }) => ({
    ...kind,
    entries: hex(entries),
    matching: hex(matching),
    zero: hex(zero),
    warning: hex(warning),
    matchingSome: hex(matchingSome),
    shift: shift ?? null,
  })),
});

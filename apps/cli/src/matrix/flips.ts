import { hex, ok, type Result } from '@pagewright/core';
import {
  boundLoss,
  columnNames,
  DEFAULT_MEMORY,
  EXIT_WORDS,
  type ExitRow,
  exitRows,
  exitText,
  FLIP_CLASSES,
  FLIPPED,
  type FlippedKind,
  type FlipsMatrix,
  flipsMatrix,
  flipTable,
  frameBits,
  highestPfn,
  type Landing,
  landingShares,
  type Place,
  type PmdFlips,
  parseMemory,
  pmdFlipsMatrix,
  SWAP_SLOTS,
  TABLE_CHECKS,
  tableCheckText,
} from '@pagewright/mm/matrices';
import type { Block, Section } from '@pagewright/report';
import type { AnswerDocument } from '../outputs/output.js';
import { flipsData } from './flips-data.js';
import { formsOfKernels } from './forms-of-kernels.js';

/** What a flips table was asked for. */
export interface FlipsChoice {
  readonly kernel?: string;
  /** `--memory`: where memory lies. */
  readonly memory?: string;
}

/** `matrix --flips`: what each kernel makes of every single-bit flip of an entry. */
export async function flipsDocument(
  name: string,
  choice: FlipsChoice,
): Promise<Result<AnswerDocument>> {
  const found = await formsOfKernels(name, choice.kernel);
  if (!found.ok) return found;
  const { revisions, formOf, definition } = found.value;
  const layout = parseMemory(choice.memory ?? DEFAULT_MEMORY[definition.wordBits]);
  if (!layout.ok) return layout;
  const matrix = flipsMatrix(revisions, formOf, layout.value);
  if (!matrix.ok) return matrix;
  const pmds = pmdFlipsMatrix(revisions, formOf, layout.value);
  if (!pmds.ok) return pmds;
  const shares = landingOf(matrix.value, definition.pageShift);
  const highest = highestPfn(layout.value, definition.pageShift);
  return ok({
    title: `Flips of one bit: ${name}`,
    blocks: [
      {
        kind: 'key-values',
        pairs: [
          ['memory', layout.value.text],
          ['highest_memmap_pfn', hex(highest)],
          ['swap', `one file of ${SWAP_SLOTS} slots`],
          ['all frames', landingText(shares)],
        ],
      },
      ...FLIPPED.map((kind) => kindSection('pte', matrix.value.groups, kind)),
      ...FLIPPED.filter((kind) => hasKind(pmds.value, kind)).map((kind) =>
        kindSection('pmd', pmds.value, kind),
      ),
      exitSection(matrix.value),
      ...lossBlocks(matrix.value),
      { kind: 'note', tone: 'dim', text: legend() },
    ],
    data: {
      schema: 'pagewright/matrix/1',
      flips: flipsData(name, layout.value.text, highest, matrix.value, pmds.value),
    },
  });
}

/** Where a flipped bit of any frame's number leads. */
function landingOf({ layout, groups }: FlipsMatrix, pageShift: number): Landing {
  const entry = groups.at(-1)?.answer.find(({ kind }) => kind === 'normal');
  const bits = entry?.pfn === undefined ? [] : frameBits(entry, entry.pfn);
  return landingShares(layout, pageShift, bits);
}

const landingText = (shares: Landing): string =>
  `a flipped bit of the number of any frame of RAM leads to ${Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(([place, share]) => `${PLACE_WORDS[place as Place]} in ${(100 * share).toFixed(1)}%`)
    .join(', ')}`;

const PLACE_WORDS: Readonly<Record<Place, string>> = {
  memory: 'RAM',
  device: 'device memory',
  hole: 'a hole',
  beyond: 'a frame above highest_memmap_pfn',
};

function kindSection(
  level: 'pte' | 'pmd',
  groups: Parameters<typeof flipTable>[0],
  kind: (typeof FLIPPED)[number],
): Section {
  const { columns, rows } = flipTable(groups, kind);
  const names = columnNames(columns);
  const newest = columns.at(-1)?.entry;
  const what = level === 'pmd' && kind === 'swap' ? 'migration' : kind;
  const tables: Block[] = [];
  for (let first = 0; first < columns.length; first += COLUMNS_ABREAST) {
    const end = first + COLUMNS_ABREAST;
    const titles = [
      'bits',
      'field',
      'leads to',
      ...names.slice(first, end).map(({ name }) => name),
    ];
    tables.push({
      kind: 'table',
      columns: titles.map((title) => ({ title })),
      rows: rows.map(({ bits, fields, leads, cells }) => [
        bits,
        fields,
        leads,
        ...cells.slice(first, end),
      ]),
    });
  }
  return {
    kind: 'section',
    title: `${level}, ${what}: ${newest === undefined ? '' : hex(newest.word)}`,
    blocks: [
      ...tables,
      { kind: 'key-values', pairs: names.map(({ name, kernels }) => [name, kernels] as const) },
    ],
  };
}

/** Columns of kernels that a page of usual width has room for. */
const COLUMNS_ABREAST = 3;

function exitSection({ groups }: FlipsMatrix): Section {
  const names = columnNames(groups);
  const lines = new Map<string, { row: ExitRow; groups: string[] }>();
  for (const [i, { answer }] of groups.entries()) {
    for (const row of exitRows(answer)) {
      const key = JSON.stringify(row);
      const line = lines.get(key) ?? { row, groups: [] };
      line.groups.push(names[i]?.name ?? '');
      lines.set(key, line);
    }
  }
  const rows = FLIPPED.flatMap((kind) =>
    [...lines.values()].filter(({ row }) => row.kind === kind),
  );
  const titles = ['entry', 'class', 'flips', 'at exit', 'where mapped', 'table check', 'kernels'];
  return {
    kind: 'section',
    title: 'At exit, without DEBUG_VM',
    blocks: [
      {
        kind: 'table',
        columns: titles.map((title) => ({ title })),
        rows: rows.map(({ row, groups: own }) => [
          row.kind,
          row.class,
          `${row.flips}`,
          exitText(row.says.unmapped),
          exitText(row.says.mapped),
          tableCheckText(row.tableCheck),
          own.length === groups.length ? 'all' : own.join(' '),
        ]),
      },
      { kind: 'key-values', pairs: names.map(({ name, kernels }) => [name, kernels] as const) },
    ],
  };
}

function lossBlocks(matrix: FlipsMatrix): Block[] {
  const losses = boundLoss(matrix)?.filter(({ bits }) => bits.length > 0) ?? [];
  if (losses.length === 0) return [];
  const titles = ['entry', 'lost', 'warned', 'pfn_valid', 'online', 'table check', 'stops at exit'];
  const rows = losses.map((loss) => [
    loss.kind,
    `${loss.bits.length}`,
    `${loss.warned}`,
    `${loss.invalid}`,
    `${loss.offline}`,
    `${loss.tableCheck}`,
    `${loss.oops}`,
  ]);
  return [
    {
      kind: 'section',
      title: 'Reports that go with the check of highest_memmap_pfn (RFC patch 1)',
      blocks: [{ kind: 'table', columns: titles.map((title) => ({ title })), rows }],
    },
  ];
}

function legend(): string {
  const words = (texts: Readonly<Record<string, string>>): string =>
    Object.entries(texts)
      .map(([name, text]) => `${name}: ${text}.`)
      .join(' ');
  return (
    'Two classes: with DEBUG_VM, and without. ' +
    `${words(FLIP_CLASSES)} At exit, the frame that was hit being in nobody's page tables, or ` +
    `mapped by another process. ${words(EXIT_WORDS)} Table check, for both: ${words(TABLE_CHECKS)}`
  );
}

const hasKind = (groups: PmdFlips, kind: FlippedKind): boolean =>
  groups.some(({ answer }) => answer.some((entry) => entry.kind === kind));

import { type Block, type Section, span, type Text } from '@pagewright/report';
import type { ConformOutput } from '../outputs/conform.js';
import type { AnswerDocument } from '../outputs/output.js';
import type {
  DecisionsData,
  FormData,
  LawFailureData,
  MismatchData,
  TallyData,
} from './form-report.js';
import type { LeftFolder } from './targets.js';

/** Everything that `conform` found. */
export interface Findings {
  readonly forms: readonly FormData[];
  readonly left: readonly LeftFolder[];
  readonly decisions?: DecisionsData;
  /** Nothing to compare with was given or found. */
  readonly lawsOnly: boolean;
}

/** Something differs from the kernel, or a law is broken. */
export const isBroken = ({ forms, decisions }: Findings): boolean =>
  (decisions?.mismatchCount ?? 0) > 0 ||
  forms.some(
    ({ laws, vectors, facts }) =>
      laws.failed.length > 0 || vectors.mismatchCount > 0 || facts.mismatchCount > 0,
  );

/** The document of `conform`. */
export function conformDocument(findings: Findings): AnswerDocument {
  const { forms, left, decisions } = findings;
  const data: ConformOutput = {
    schema: 'pagewright/conform/1',
    forms,
    left: left.map(({ folder, why }) => ({ folder, why })),
    ...(decisions === undefined ? {} : { decisions }),
  };
  return { blocks: blocksOf(findings), data };
}

function blocksOf({ forms, left, decisions, lawsOnly }: Findings): Block[] {
  const blocks: Block[] = [formTable(forms)];
  if (lawsOnly) blocks.push(note(NO_VECTORS));
  for (const form of forms) blocks.push(...failureSections(form));
  blocks.push(...leftOut(forms));
  if (left.length > 0) {
    const pairs = left.map(({ folder, why }): [string, Text] => [folder, why]);
    blocks.push(section('Folders that no form was compared with', { kind: 'key-values', pairs }));
  }
  if (decisions !== undefined) blocks.push(decisionSection(decisions));
  return blocks;
}

const NO_VECTORS =
  'No vectors were compared: those of the repository are not here; --golden names others.';

const note = (text: string): Block => ({ kind: 'note', tone: 'warning', text });
const section = (title: Text, ...blocks: Block[]): Section => ({ kind: 'section', title, blocks });

const count = (value: number, bad = false): Text =>
  bad && value > 0 ? span(`${value}`, 'problem') : `${value}`;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0);

function formTable(forms: readonly FormData[]): Block {
  const right = 'right' as const;
  return {
    kind: 'table',
    columns: [
      { title: 'form' },
      { title: 'headers' },
      { title: 'laws held', align: right },
      { title: 'failed', align: right },
      { title: 'vectors compared', align: right },
      { title: 'not compared', align: right },
      { title: 'mismatches', align: right },
      { title: 'facts', align: right },
      { title: 'differ', align: right },
    ],
    rows: forms.map(({ form, headers, laws, vectors, facts }) => [
      form,
      headers,
      count(laws.held),
      count(laws.failed.length, true),
      count(vectors.compared),
      count(sum(vectors.notCompared)),
      count(vectors.mismatchCount, true),
      count(facts.compared),
      count(facts.mismatchCount, true),
    ]),
  };
}

/** How many failures of one form are printed; `--json` has more. */
const SHOWN = 10;

function failureSections({ form, headers, laws, vectors, facts }: FormData): Section[] {
  const name = `${form} (headers ${headers})`;
  const sections: Section[] = [];
  if (laws.failed.length > 0) {
    const blocks = laws.failed.slice(0, SHOWN).map(lawBlock);
    sections.push(section(`${name}: broken laws`, ...blocks, ...more(laws.failed.length)));
  }
  for (const [what, tally] of [
    ['vectors', vectors],
    ['facts', facts],
  ] as const) {
    if (tally.mismatchCount > 0) {
      const title = `${name}: ${what} that differ`;
      sections.push(section(title, mismatchTable(tally), ...more(tally.mismatchCount)));
    }
  }
  return sections;
}

const more = (total: number): Block[] =>
  total > SHOWN ? [note(`and ${total - SHOWN} more; --json lists more of them`)] : [];

function lawBlock(failure: LawFailureData): Block {
  const { law, sentence, source, input, word, bits, expected, got } = failure;
  const at = word === null ? input.join(' ') : `${word} ${bits ?? ''}`;
  return {
    kind: 'key-values',
    pairs: [
      ['law', span(law, 'problem')],
      ['says', [sentence, span(` [${source}]`, 'dim')]],
      ['at', at],
      ['expected', expected],
      ['got', got],
    ],
  };
}

const mismatchTable = ({ mismatches }: TallyData): Block => ({
  kind: 'table',
  columns: ['where', 'key', 'in', 'expected', 'got'].map((title) => ({ title })),
  rows: mismatches.slice(0, SHOWN).map(mismatchRow),
});

const mismatchRow = ({ file, line, key, in: input, expected, got }: MismatchData): Text[] => [
  `${file}:${line}`,
  shortened(key),
  shortened(input),
  shortened(JSON.stringify(expected)),
  span(shortened(JSON.stringify(got)), 'problem'),
];

/** Characters of a recorded value that are printed; `--json` has all of it. */
const MOST_CHARACTERS = 200;

const shortened = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;

/** What was not compared, by key, with its reason; forms that share a key are listed together. */
function leftOut(forms: readonly FormData[]): Block[] {
  const found = new Map<string, { count: number; reason: string; forms: Set<string> }>();
  for (const { form, vectors, facts } of forms) {
    for (const { notCompared, reasons } of [vectors, facts]) {
      for (const [key, many] of Object.entries(notCompared)) {
        const known = found.get(key) ?? { count: 0, reason: reasons[key] ?? '', forms: new Set() };
        known.count += many;
        known.forms.add(form);
        found.set(key, known);
      }
    }
  }
  if (found.size === 0) return [];
  const rows = [...found].map(([key, { count: many, reason, forms: in_ }]) => [
    key,
    `${many}`,
    reason,
    [...in_].join(' '),
  ]);
  const columns = [
    { title: 'key' },
    { title: 'answers', align: 'right' as const },
    { title: 'why' },
    { title: 'forms' },
  ];
  return [section('Not compared', { kind: 'table', columns, rows })];
}

function decisionSection(decisions: DecisionsData): Section {
  const { compared, mismatchCount, notCompared, reasons } = decisions;
  const blocks: Block[] = [
    {
      kind: 'key-values',
      pairs: [
        ['compared', count(compared)],
        ['not compared', count(sum(notCompared))],
        ['mismatches', count(mismatchCount, true)],
      ],
    },
  ];
  if (decisions.files.length > 0) blocks.push(decisionTable(decisions));
  if (mismatchCount > 0) blocks.push(mismatchTable(decisions), ...more(mismatchCount));
  const rows = Object.entries(notCompared).map(([key, many]) => [
    key,
    `${many}`,
    reasons[key] ?? '',
  ]);
  const columns = [
    { title: 'function' },
    { title: 'answers', align: 'right' as const },
    { title: 'why not compared' },
  ];
  if (rows.length > 0) blocks.push({ kind: 'table', columns, rows });
  return section('Decisions', ...blocks);
}

/** Counts by group and revision. */
function decisionTable({ files }: DecisionsData): Block {
  const right = 'right' as const;
  return {
    kind: 'table',
    columns: [
      { title: 'group' },
      { title: 'revision' },
      { title: 'compared', align: right },
      { title: 'not compared', align: right },
      { title: 'mismatches', align: right },
    ],
    rows: files.map(({ group, revision, compared, notCompared, mismatchCount }) => [
      group,
      revision,
      count(compared),
      count(notCompared),
      count(mismatchCount, true),
    ]),
  };
}

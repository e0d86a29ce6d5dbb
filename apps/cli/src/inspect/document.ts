import { hex } from '@pagewright/core';
import type { Ground, Judge } from '@pagewright/inspect';
import { type Block, span } from '@pagewright/report';
import type { InspectOutput, ProcessData } from '../outputs/inspect.js';
import type { AnswerDocument } from '../outputs/output.js';
import type { OpenedKernel } from './open-judged.js';
import {
  type AreaData,
  areaData,
  contextOf,
  findsFault,
  noTotals,
  type Totals,
} from './process-data.js';
import type { FoundProcess } from './processes.js';

/** What is asked, beside the selection. */
export interface Detail {
  readonly withEntries: boolean;
  /** Mappings are shown one by one, and not in sums. */
  readonly withAreas: boolean;
}

/** The whole answer, and whether something in the dump is wrong. */
export function inspection(
  path: string,
  opened: OpenedKernel,
  processes: Iterable<FoundProcess>,
  detail: Detail,
): { readonly document: AnswerDocument; readonly faulty: boolean } {
  const found = [...processes].map((process) => processData(opened.judge, process, detail));
  const { alternatives, kernel } = opened.judge.chosen;
  const { grounds } = opened.judge;
  const release = opened.kernel.vmcoreinfo.osrelease ?? null;
  const data: InspectOutput = {
    schema: 'pagewright/inspect/1',
    dump: path,
    container: opened.dump.container,
    release,
    form: opened.kernel.form.name,
    headers: opened.kernel.form.headers,
    kernel: kernel.revision.id,
    alternatives: alternatives.map(({ revision }) => revision.id),
    grounds: grounds.map(({ choice, because }) => ({ choice, because })),
    processes: found,
  };
  const blocks: Block[] = [
    kernelSection(
      release,
      grounds,
      alternatives.map(({ revision }) => revision.id),
    ),
    ...(detail.withAreas
      ? found.map((process) => processSection(process, detail))
      : [processTable(found)]),
  ];
  const title = `${opened.kernel.form.name}, ${release ?? 'a kernel without a release'}`;
  const faulty = found.some(({ totals, problem }) => findsFault(totals) || problem !== null);
  return { document: { title, blocks, data }, faulty };
}

function processData(judge: Judge, process: FoundProcess, detail: Detail): ProcessData {
  const { task, space, areas } = process;
  const totals = noTotals();
  const context = contextOf(judge, process);
  const walkable = context.ok ? context.value : undefined;
  const problem = context.ok ? process.problem : context.problem;
  return {
    pid: task.pid,
    comm: task.comm,
    kernelThread: task.kernelThread,
    mm: task.mm === undefined ? null : hex(task.mm),
    root: space === undefined ? null : hex(space.root),
    form: walkable?.form.name ?? null,
    vmas:
      walkable === undefined
        ? []
        : areas.map((area) => areaData(judge, walkable, area, totals, detail.withEntries)),
    totals,
    problem: problem?.message ?? null,
  };
}

function kernelSection(
  release: string | null,
  grounds: readonly Ground[],
  alternatives: readonly string[],
): Block {
  const undecided: Block[] = alternatives.map((id) => ({
    kind: 'note',
    tone: 'warning',
    text: `It may be ${id} as well: where that answers otherwise, both answers are shown.`,
  }));
  return {
    kind: 'section',
    title: `The kernel${release === null ? '' : `: ${release}`}`,
    blocks: [
      {
        kind: 'table',
        columns: [{ title: 'taken for' }, { title: 'because' }],
        rows: grounds.map(({ choice, because }) => [choice, because]),
      },
      ...undecided,
    ],
  };
}

const COUNTED = ['page', 'none', 'bad', 'absent', 'broken'] as const;

function processTable(processes: readonly ProcessData[]): Block {
  return {
    kind: 'section',
    title: 'Processes, and entries of their tables',
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: 'pid', align: 'right' },
          { title: 'command' },
          { title: 'mappings', align: 'right' },
          ...COUNTED.map((title) => ({ title, align: 'right' }) as const),
          { title: 'problem' },
        ],
        rows: processes.map(({ pid, comm, kernelThread, vmas, totals, problem }) => [
          `${pid}`,
          kernelThread ? `[${comm}]` : comm,
          ...(kernelThread
            ? ['', '', '', '', '', '']
            : [vmas.length, ...counts(totals)].map(String)),
          problem === null ? '' : span(problem, 'problem'),
        ]),
      },
    ],
  };
}

const counts = (totals: Totals): number[] => COUNTED.map((key) => totals[key]);

function processSection(process: ProcessData, detail: Detail): Block {
  const { pid, comm, root, vmas, problem } = process;
  const note: Block[] = problem === null ? [] : [{ kind: 'note', tone: 'problem', text: problem }];
  return {
    kind: 'section',
    title: `Process ${pid}, ${comm}${root === null ? '' : `, root table ${root}`}`,
    blocks: [...note, ...vmas.map((vma) => areaSection(vma, detail))],
  };
}

function areaSection(area: AreaData, { withEntries }: Detail): Block {
  const { start, end, name, flagNames, ranges, entries, problem } = area;
  const blocks: Block[] = [];
  if (problem !== null) blocks.push({ kind: 'note', tone: 'problem', text: problem });
  else if (ranges.length === 0) blocks.push({ kind: 'paragraph', text: 'Nothing is mapped.' });
  else if (withEntries) blocks.push(entriesTable(entries));
  else {
    blocks.push({
      kind: 'ranges',
      ranges: ranges.map((range) => ({
        start: BigInt(range.start),
        end: BigInt(range.end),
        text: `${range.entries} ${range.level} ${saying(range)}`,
      })),
    });
  }
  return {
    kind: 'section',
    title: `${start}-${end} ${name}`.trimEnd(),
    blocks: [
      {
        kind: 'paragraph',
        text: span(flagNames.map((flag) => flag.replace('VM_', '').toLowerCase()).join(' '), 'dim'),
      },
      ...blocks,
    ],
  };
}

function entriesTable(entries: AreaData['entries']): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'address' },
      { title: 'level' },
      { title: 'entry' },
      { title: 'pfn' },
      { title: 'mapped', align: 'right' },
      { title: 'means' },
    ],
    rows: entries.map((entry) => [
      entry.addr,
      entry.level,
      entry.raw,
      entry.pfn ?? '',
      entry.page === null ? '' : `${entry.page.mapcount}`,
      `${saying(entry)}${entry.page === null ? '' : `; ${entry.page.flags.join(' ')}`}`,
    ]),
  };
}

/** What an entry is to its kernel, in a few words. */
function saying({
  kind,
  verdict,
  because,
  otherwise,
  problem,
}: Pick<AreaData['entries'][number], 'kind' | 'verdict' | 'because' | 'otherwise' | 'problem'>) {
  if (problem !== null) return problem;
  if (verdict === null) return kind;
  const others = otherwise.map((other) => `; ${other.kernel}: ${other.verdict}`).join('');
  return `${verdict} (${because.join(', ')})${others}`;
}

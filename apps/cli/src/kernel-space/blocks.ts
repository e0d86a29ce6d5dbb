import { type Block, type Range, span, type Text } from '@pagewright/report';
import {
  forbidsExecution,
  type KernelEntryData,
  type KernelRangeData,
  type KernelTotals,
} from './space-data.js';

/** The address space for people: a section a region, in address order, and what is wrong. */
export function kernelSpaceBlocks(
  ranges: readonly KernelRangeData[],
  entries: readonly KernelEntryData[],
  totals: KernelTotals,
): readonly Block[] {
  const names = new Set(ranges.map(({ region }) => region));
  const sections = [...names].map(
    (name): Block => ({
      kind: 'section',
      title: name,
      blocks: [
        entries.length === 0
          ? { kind: 'ranges', ranges: ranges.filter(({ region }) => region === name).map(shown) }
          : entriesTable(entries.filter(({ region }) => region === name)),
      ],
    }),
  );
  return [...sections, summary(ranges, totals)];
}

const shown = (range: KernelRangeData): Range => ({
  start: BigInt(range.start),
  end: BigInt(range.end),
  text: saying(range, `${range.entries} ${range.level} `),
});

function entriesTable(entries: readonly KernelEntryData[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'address' },
      { title: 'level' },
      { title: 'entry' },
      { title: 'pfn' },
      { title: 'means' },
    ],
    rows: entries.map((entry) => [
      entry.addr,
      entry.level,
      entry.raw,
      entry.pfn ?? '',
      saying(entry, ''),
    ]),
  };
}

type Said = Pick<
  KernelRangeData,
  'kind' | 'rights' | 'writableExecutable' | 'excuse' | 'sameAs' | 'problem'
>;

function saying(
  { kind, rights, writableExecutable, excuse, sameAs, problem }: Said,
  before: string,
): Text {
  if (problem !== null) return [before, span(problem, 'problem')];
  if (sameAs !== null) return `${before}${rights}, the same tables as at ${sameAs}`;
  if (kind !== 'leaf') return `${before}not present`;
  if (!writableExecutable) return `${before}${rights}`;
  const both = 'writable and executable';
  return excuse === null
    ? [`${before}${rights} `, span(both, 'problem')]
    : [`${before}${rights} `, span(`${both}: ${excuse}`, 'warning')];
}

function summary(ranges: readonly KernelRangeData[], totals: KernelTotals): Block {
  const { leaves, writableExecutable, broken } = totals;
  const blocks: Block[] = [
    { kind: 'paragraph', text: `Leaves: ${leaves}, in ranges: ${ranges.length}.` },
  ];
  const said = (text: string, isProblem: boolean): Block =>
    isProblem ? { kind: 'note', tone: 'problem', text } : { kind: 'paragraph', text };
  if (!forbidsExecution(totals)) {
    const text = 'No entry forbids execution, so that nothing is said of what is writable as well.';
    blocks.push({ kind: 'paragraph', text });
  } else {
    const text =
      writableExecutable === 0
        ? 'Nothing is writable and executable without a known reason.'
        : `Writable and executable leaves: ${writableExecutable}.`;
    blocks.push(said(text, writableExecutable > 0));
  }
  if (broken > 0) blocks.push(said(`Entries that mean nothing: ${broken}.`, true));
  return { kind: 'section', title: 'In all', blocks };
}

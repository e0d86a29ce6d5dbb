import { hex } from '@pagewright/core';
import { type Json, type Section, span, type Text } from '@pagewright/report';
import type { Agreement } from '../process/against-truth.js';
import type { DescribedVma } from '../process/described.js';
import { type JudgedRange, judgedRanges, type Standing } from '../process/judged-ranges.js';
import type { OpenProcess } from '../process/open-process.js';
import { agreementText } from './agreement-text.js';
import { Legend } from './legend.js';

const KERNEL_SAYS =
  "Against the running kernel's own account (pagemap, and calls that were traced): ";

/** Every VMA of a process with its ranges and verdicts, for people and as data. */
export function processSection(
  opened: OpenProcess,
  agreement: Agreement,
): { readonly section: Section; readonly data: Json } {
  const { described, form, vmas } = opened;
  const legend = new Legend();
  const judged = vmas.map((vma, i) => ({
    vma: described.vmas[i] as DescribedVma,
    ranges: judgedRanges(opened, vma),
  }));
  const rows = judged.flatMap(({ vma, ranges }) => vmaRows(vma, ranges, legend));
  const title =
    `A real process: ${described.comm} (pid ${described.pid}) of a Linux ${described.release} ` +
    `guest on ${form.name}`;
  const intro =
    `Its page tables, cut out of a memory dump, walked from the root ${described.root}. ` +
    'normal: vm_normal_page() or its pmd form answers the page; special: it answers NULL.';
  const section: Section = {
    kind: 'section',
    title,
    blocks: [
      { kind: 'paragraph', text: intro },
      {
        kind: 'table',
        columns: [
          { title: 'addresses' },
          { title: 'VMA' },
          { title: 'name' },
          { title: 'pages by', align: 'right' },
          { title: 'verdict' },
        ],
        rows,
      },
      legend.block(),
      { kind: 'paragraph', text: totalsText(judged.flatMap(({ ranges }) => ranges)) },
      { kind: 'paragraph', text: [KERNEL_SAYS, ...agreementText(agreement)] },
    ],
  };
  return { section, data: judged.map(({ vma, ranges }) => vmaData(vma, ranges)) };
}

function vmaRows(vma: DescribedVma, ranges: readonly JudgedRange[], legend: Legend): Text[][] {
  const head = [permissionsOf(vma), shortName(vma.name)];
  if (ranges.length === 0) {
    return [[`${vma.start}-${vma.end}`, ...head, '0    ', span('nothing', 'dim')]];
  }
  return ranges.map(({ start, end, level, pages, standing }, i) => [
    `${hex(start)}-${hex(end)}`,
    ...(i === 0 ? head : ['', span('"', 'dim')]),
    `${pages} ${level}`,
    standing.kind === 'judged'
      ? [...ANSWERS[standing.answer], legend.letterOf(standing.rules)]
      : unjudgedText(standing),
  ]);
}

/** `rw-p` as /proc/PID/maps writes it, and the flags that matter to the verdict. */
function permissionsOf({ letters }: DescribedVma): string {
  const set = letters.split(' ');
  const one = (letter: string, shown: string) => (set.includes(letter) ? shown : '-');
  const shared = set.includes('ms') ? 's' : 'p';
  const telling = ['pf', 'mm', 'ht'].filter((letter) => set.includes(letter));
  return [`${one('rd', 'r')}${one('wr', 'w')}${one('ex', 'x')}${shared}`, ...telling].join(' ');
}

/** Columns that a name may have in a table that fits 80. */
const LONGEST_NAME = 15;

function shortName(name: string): string {
  if (name === '') return 'anonymous';
  const short = name.replace(' (deleted)', '').replace('anon_inode:', '');
  if (short.length <= LONGEST_NAME) return short;
  return `.../${short.slice(short.lastIndexOf('/') + 1)}`.slice(0, LONGEST_NAME);
}

function unjudgedText(standing: Exclude<Standing, { kind: 'judged' }>): Text {
  if (standing.kind === 'hugetlb') return span('hugetlb', 'dim');
  if (standing.kind === 'invalid') return span(`invalid: ${standing.reason}`, 'problem');
  const { what, markers } = standing;
  const marker = markers.map((name) => name.replace('PTE_MARKER_', '').toLowerCase()).join(' ');
  return span(marker === '' ? what : marker, 'dim');
}

/** Answers, as wide as the letter behind them needs. */
const ANSWERS = {
  page: [span('normal', 'good'), '  '],
  none: [span('special', 'warning'), ' '],
  bad: [span('bad map', 'problem'), ' '],
  absent: [span('unasked', 'dim'), ' '],
} as const;

function totalsText(ranges: readonly JudgedRange[]): string {
  const pages = (has: (standing: Standing) => boolean) =>
    ranges.filter(({ standing }) => has(standing)).reduce((sum, range) => sum + range.pages, 0);
  const answered = (answer: string) =>
    pages((standing) => standing.kind === 'judged' && standing.answer === answer);
  return (
    `${answered('page')} pages are normal, ${answered('none')} special, ` +
    `${pages(({ kind }) => kind === 'hugetlb')} hugetlb (never asked about); ` +
    `${pages(({ kind }) => kind === 'absent')} are not present.`
  );
}

function vmaData(vma: DescribedVma, ranges: readonly JudgedRange[]): Json {
  return {
    start: vma.start,
    end: vma.end,
    flags: vma.flags,
    name: vma.name,
    ranges: ranges.map(({ start, end, level, entries, pages, standing }) => ({
      start: hex(start),
      end: hex(end),
      level,
      entries,
      pages,
      ...standingData(standing),
    })),
  };
}

function standingData(standing: Standing): { [key: string]: Json } {
  if (standing.kind !== 'judged') return { ...standing };
  const { kind, answer, rules } = standing;
  return { kind, answer, because: rules.map(({ id }) => id) };
}

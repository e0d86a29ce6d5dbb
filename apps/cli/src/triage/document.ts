import { mayMapRawPfns } from '@pagewright/core';
import { VM_FLAG_TEXTS } from '@pagewright/core/texts';
import type { Block, Text } from '@pagewright/report';
import { span } from '@pagewright/report';
import { type Incident, type TriageResult, triageData, vmaFlagNames } from '@pagewright/triage';
import type { AnswerDocument } from '../outputs/output.js';
import { diagnosisSection } from './diagnosis-section.js';

/** Beyond these, entries are counted. */
const MOST_ENTRIES = 24;

/** What a log says happened: a section an incident. */
export function triageDocument(name: string, result: TriageResult): AnswerDocument {
  const { incidents, lines, dropped } = result;
  const found =
    incidents.length === 0
      ? 'nothing is said of page tables'
      : `${incidents.length} ${incidents.length === 1 ? 'incident' : 'incidents'}`;
  const left: Block[] =
    dropped === 0
      ? []
      : [{ kind: 'note', tone: 'warning', text: `${dropped} further reports are left out.` }];
  return {
    title: `${name}, ${lines} ${lines === 1 ? 'line' : 'lines'}: ${found}`,
    blocks: [...incidents.map(incidentSection), ...left],
    data: triageData(result),
  };
}

function incidentSection(incident: Incident): Block {
  const { id, kind, report, follows, entries } = incident;
  const process = report.process === undefined ? '' : ` in process ${report.process.value}`;
  const blocks: Block[] = [{ kind: 'key-values', pairs: where(incident) }];
  if (entries.length > 0) blocks.push(entryTable(incident));
  const said = saidBeside(incident);
  if (said.length > 0) blocks.push({ kind: 'key-values', pairs: said });
  if (follows !== undefined) {
    blocks.push({ kind: 'paragraph', text: `A consequence of incident ${follows}: look there.` });
  }
  blocks.push(...incident.diagnoses.map((each, i) => diagnosisSection(each, i + 1)));
  const title = `Incident ${id}: ${kind.replaceAll('_', ' ')}${process}`;
  return { kind: 'section', title, blocks };
}

/** Where it stands, and what machine it is of. */
function where({
  lines: [first, last],
  more,
  dropped,
  machine,
  archCandidates,
  release,
}: Incident): [string, Text][] {
  const pairs: [string, Text][] = [['lines', first === last ? `${first}` : `${first} to ${last}`]];
  const again = more.length + dropped;
  if (again > 0) {
    const shown = more.slice(0, 8).map(({ lines }) => lines[0]);
    const rest = again > shown.length ? ' ...' : '';
    pairs.push(['again', `${again} times, in line ${shown.join(', ')}${rest}`]);
  }
  const [likeliest] = archCandidates;
  const grounds = likeliest?.grounds.slice(0, 3).map(({ ground }) => ground) ?? [];
  const because = grounds.length === 0 ? '' : `: ${grounds.join('; ')}`;
  const several = archCandidates.map(({ arch }) => arch).join(', ');
  pairs.push([
    'architecture',
    machine.arch === 'unknown'
      ? `unknown, one of ${several}${because}`
      : `${machine.arch}${likeliest?.arch === machine.arch ? because : ''}`,
  ]);
  const encoding = machine.form?.definition.summary ?? machine.layout?.name;
  if (encoding !== undefined) pairs.push(['entries', encoding]);
  const rules = machine.kernel === undefined ? '' : `, judged as ${machine.kernel}`;
  if (release !== undefined) {
    pairs.push(['kernel', `${release.value} (${release.ground}, line ${release.at.line})${rules}`]);
  } else if (rules !== '') pairs.push(['kernel', rules.slice(2)]);
  return pairs;
}

function entryTable({ entries }: Incident): Block {
  const rows = entries
    .slice(0, MOST_ENTRIES)
    .map(({ printed, reading }): Text[] => [
      printed.reported ? span(printed.level, 'strong') : printed.level,
      `0x${reading.raw.toString(16)}`,
      `${printed.raw.at.line}`,
      reading.sentence,
    ]);
  const rest = entries.length - rows.length;
  if (rest > 0) rows.push(['', '', '', `${rest} more`]);
  return {
    kind: 'table',
    columns: [
      { title: 'level' },
      { title: 'entry' },
      { title: 'line', align: 'right' },
      { title: 'says' },
    ],
    rows,
  };
}

/** VMA, page, counters, and what the kernel takes the entry for. */
function saidBeside(incident: Incident): [string, Text][] {
  const { report, more, verdict, machine } = incident;
  const { vma, page } = report;
  const pairs: [string, Text][] = [];
  for (const [name, field] of [
    ['place', report.place],
    ['reason', report.reason],
  ] as const) {
    if (field !== undefined) pairs.push([name, field.value]);
  }
  if (report.swap.length > 0) {
    const messages = report.swap
      .slice(0, MOST_ENTRIES)
      .map(({ what, entry }) => `${what} 0x${entry.value.toString(16)}`);
    pairs.push(['swap layer', [...new Set(messages)].join(', ')]);
  }
  if (vma?.flags !== undefined) {
    const flags = vmaFlagNames(vma.flags.value, machine);
    pairs.push(['VMA', `${flags.join(' ')}${vma.file === undefined ? '' : `, ${vma.file.value}`}`]);
    pairs.push(['it allows', allows(vma.flags.value, flags)]);
  }
  if (page !== undefined) {
    const said = [
      page.pfn === undefined ? [] : [`pfn 0x${page.pfn.value.toString(16)}`],
      page.refcount === undefined ? [] : [`refcount ${page.refcount.value}`],
      page.mapcount === undefined ? [] : [`mapcount ${page.mapcount.value}`],
      page.kinds,
      page.flagNames,
      page.because === undefined ? [] : [`"${page.because.value}"`],
    ].flat();
    pairs.push(['page', said.join(', ')]);
  }
  const counters = [report, ...more].flatMap((each) => each.counters).slice(0, MOST_ENTRIES);
  if (counters.length > 0) {
    pairs.push([
      'counters',
      counters.map(({ name, value }) => `${name} ${value.value}`).join(', '),
    ]);
  }
  if (verdict !== undefined) {
    const rules = verdict.because.map(({ sentence }) => sentence).join('; ');
    const assumed = verdict.assumed.length === 0 ? '' : ` (assumed: ${verdict.assumed.join('; ')})`;
    pairs.push([`for ${verdict.kernel}`, `${ANSWERS[verdict.answer]}: ${rules}${assumed}`]);
  }
  return pairs;
}

const ANSWERS = {
  page: 'an ordinary page',
  none: 'no page, silently',
  bad: 'a bad page map',
  absent: 'not asked at this level',
} as const;

/** What entries of a VMA may be, in words. */
function allows(flags: bigint, names: readonly string[]): string {
  const access = ['VM_READ', 'VM_WRITE', 'VM_EXEC', 'VM_SHARED']
    .filter((name) => names.includes(name))
    .map((name) => VM_FLAG_TEXTS[name]?.meaning ?? name);
  const pages = mayMapRawPfns(flags)
    ? 'frames without struct page as well'
    : 'ordinary pages and the zero page alone';
  return [...access, pages].join('; ');
}

import { formatVmFlags, type Hex, hex, type VmFlagContext } from '@pagewright/core';
import type {
  DiagnosisData,
  IncidentData,
  LogEntryData,
  LogPageData,
  LogVerdictData,
  LogVmaData,
  TriageData,
} from './data.js';
import type { Diagnosis } from './diagnose/diagnosis.js';
import type { Field, LogPage, LogPointer, LogVma } from './incident.js';
import type { Incident, IncidentEntry, TriageResult } from './triage.js';
import type { LogVerdict } from './verdict.js';

/** Headers that name the flags of a VMA where no form is known. */
const ANY_HEADERS: VmFlagContext = { headers: '6.12', vmFlags: {} };

/** Names of the flags of a VMA as the machine's kernel has them, bits without a name in hex. */
export function vmaFlagNames(
  flags: bigint,
  { form }: Pick<Incident['machine'], 'form'>,
): readonly string[] {
  return flags === 0n ? [] : formatVmFlags(flags, form?.definition ?? ANY_HEADERS).split('|');
}

/** What was found, as data. */
export function triageData({ incidents, lines, dropped }: TriageResult): TriageData {
  return {
    schema: 'pagewright/triage/1',
    lines,
    dropped,
    incidents: incidents.map(incidentData),
  };
}

function incidentData(incident: Incident): IncidentData {
  const { machine, report, more, release, follows, verdict } = incident;
  return {
    id: incident.id,
    lines: [...incident.lines],
    kind: incident.kind,
    arch: machine.arch,
    archCandidates: incident.archCandidates.map(({ arch, grounds }) => ({
      arch,
      ground: grounds.map(({ ground }) => ground).join('; '),
    })),
    form: machine.form?.name ?? null,
    layout: machine.layout?.name ?? null,
    kernel: release?.value ?? null,
    revision: machine.kernel ?? null,
    process: report.process?.value ?? null,
    ...(follows === undefined ? {} : { follows }),
    entries: incident.entries.map(entryData),
    vma: report.vma === undefined ? null : vmaData(report.vma, incident),
    page: report.page === undefined ? null : pageData(report.page),
    address: fieldWord(report.address),
    place: report.place?.value ?? null,
    reason: report.reason?.value ?? null,
    swap: report.swap.map(({ what, entry }) => ({ what, entry: hex(entry.value) })),
    stack: [...report.stack],
    counters: [report, ...more].flatMap(({ counters }) =>
      counters.map(({ name, value }) => ({ name, value: value.value })),
    ),
    more: more.map((each) => [...each.lines]),
    dropped: incident.dropped,
    verdict: verdict === undefined ? null : verdictData(verdict),
    diagnoses: incident.diagnoses.map(diagnosisData),
  };
}

function entryData({ printed, reading }: IncidentEntry): LogEntryData {
  const { kind, flags, sentence, by, source, pfn, next, swap } = reading;
  return {
    level: printed.level,
    raw: hex(printed.raw.value),
    reported: printed.reported,
    line: printed.raw.at.line,
    column: printed.raw.at.column,
    decoded: {
      kind,
      sentence,
      flags: [...flags],
      pfn: word(pfn),
      next: word(next),
      swap:
        swap === undefined ? null : { what: swap.what, type: swap.type, offset: hex(swap.offset) },
      by,
      source,
    },
  };
}

const word = (value: bigint | undefined): Hex | null => (value === undefined ? null : hex(value));
const fieldWord = (field: Field<bigint> | undefined): Hex | null => word(field?.value);
/** Null also for a pointer that was hashed or damaged. */
const pointer = (field: Field<LogPointer> | undefined): Hex | null =>
  word(field?.value ?? undefined);

function vmaData(vma: LogVma, { machine }: Incident): LogVmaData {
  return {
    line: vma.at.line,
    addr: fieldWord(vma.addr),
    flags: fieldWord(vma.flags),
    flagNames: vma.flags === undefined ? [] : [...vmaFlagNames(vma.flags.value, machine)],
    anonVma: pointer(vma.anonVma),
    mapping: pointer(vma.mapping),
    index: fieldWord(vma.index),
    file: vma.file?.value ?? null,
    handlers: Object.entries(vma.handlers).map(([name, { value }]) => ({ name, function: value })),
  };
}

function pageData(page: LogPage): LogPageData {
  return {
    line: page.at.line,
    pfn: fieldWord(page.pfn),
    refcount: page.refcount?.value ?? null,
    mapcount: page.mapcount?.value ?? null,
    mapping: pointer(page.mapping),
    index: fieldWord(page.index),
    flags: fieldWord(page.flags),
    flagNames: [...page.flagNames],
    kinds: [...page.kinds],
    pageType: page.pageType?.value ?? null,
    order: page.order?.value ?? null,
    because: page.because?.value ?? null,
    raw: page.raw.map(hex),
  };
}

const verdictData = ({ kernel, answer, because, assumed }: LogVerdict): LogVerdictData => ({
  kernel,
  answer,
  because: because.map(({ id, sentence, source }) => ({ id, sentence, source: { ...source } })),
  assumed: [...assumed],
});

const diagnosisData = (diagnosis: Diagnosis): DiagnosisData => ({
  cause: diagnosis.cause,
  finding: diagnosis.finding,
  confidence: diagnosis.confidence,
  sentence: diagnosis.sentence,
  because: diagnosis.because.map(({ rule, speaks, sentence, at }) => ({
    rule,
    speaks,
    sentence,
    line: at?.line ?? null,
  })),
  next: [...diagnosis.next],
  fixes: (diagnosis.fixes ?? []).map((fix) => ({ ...fix })),
});

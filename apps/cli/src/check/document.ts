import { hex } from '@pagewright/core';
import type { CheckReport, Finding, FindingEvidence, Severity } from '@pagewright/inspect';
import type { Block } from '@pagewright/report';
import type { OpenedKernel } from '../inspect/open-judged.js';
import type { CheckOutput, EvidenceData, FindingData } from '../outputs/check.js';
import type { AnswerDocument } from '../outputs/output.js';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];
const TITLES = { error: 'Errors', warning: 'Warnings', note: 'Notes' } as const;

/** What a check found, for people and as data. */
export function checkDocument(
  dump: string,
  { kernel, judge }: OpenedKernel,
  { findings, walked, notWalked }: CheckReport,
): AnswerDocument {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const counts = { error: count('error'), warning: count('warning'), note: count('note') };
  const release = kernel.vmcoreinfo.osrelease ?? null;
  const errors = SEVERITIES.map(
    (severity) => `${counts[severity]} ${severity}${counts[severity] === 1 ? '' : 's'}`,
  );
  const data: CheckOutput = {
    schema: 'pagewright/check/1',
    dump,
    release,
    form: kernel.form.name,
    kernel: judge.chosen.kernel.revision.id,
    walked,
    notWalked,
    counts,
    findings: findings.map(findingData),
  };
  const summary: Block = {
    kind: 'paragraph',
    text: `${walked} address spaces walked${notWalked === 0 ? '' : `, ${notWalked} not`}: ${errors.join(', ')}.`,
  };
  const blocks = SEVERITIES.flatMap((severity) => section(severity, findings));
  return {
    title: `${kernel.form.name}, ${release ?? 'a kernel without a release'}`,
    blocks: [summary, ...blocks],
    data,
  };
}

function section(severity: Severity, findings: readonly Finding[]): readonly Block[] {
  const weighed = findings.filter((finding) => finding.severity === severity);
  if (weighed.length === 0) return [];
  const ids = [...new Set(weighed.map(({ id }) => id))];
  return [
    {
      kind: 'section',
      title: TITLES[severity],
      blocks: ids.map((id) => kindSection(weighed.filter((finding) => finding.id === id))),
    },
  ];
}

/** Findings of one kind: what it means, then each place. */
function kindSection(findings: readonly Finding[]): Block {
  const [{ id, sentence, invariants }] = findings as [Finding];
  const broken = invariants.length === 0 ? '' : ` (${invariants.join(', ')})`;
  return {
    kind: 'section',
    title: id,
    blocks: [
      { kind: 'paragraph', text: `${sentence}${broken}` },
      {
        kind: 'table',
        columns: [
          { title: 'pid', align: 'right' },
          { title: 'command' },
          { title: 'address' },
          { title: 'table' },
          { title: 'places', align: 'right' },
          { title: 'what' },
        ],
        rows: findings.map(({ detail, count, evidence }) => [
          evidence.pid === undefined ? '' : `${evidence.pid}`,
          evidence.comm ?? '',
          evidence.addr === undefined ? '' : hex(evidence.addr),
          slot(evidence),
          `${count}`,
          detail,
        ]),
      },
    ],
  };
}

const slot = ({ level, table, index }: FindingEvidence): string =>
  table === undefined
    ? ''
    : `${level ?? ''} ${hex(table)}${index === undefined ? '' : `[${index}]`}`;

function findingData(finding: Finding): FindingData {
  const { id, severity, invariants, sentence, detail, count, evidence } = finding;
  return {
    id,
    severity,
    invariants: [...invariants],
    sentence,
    detail,
    count,
    evidence: evidenceData(evidence),
  };
}

/** Counts that pass what a number holds are impossible, and shown all the same. */
function evidenceData({
  vma,
  addr,
  table,
  raw,
  pfn,
  kept,
  counted,
  ...same
}: FindingEvidence): EvidenceData {
  return {
    ...same,
    ...(vma === undefined ? {} : { vma: hex(vma) }),
    ...(addr === undefined ? {} : { addr: hex(addr) }),
    ...(table === undefined ? {} : { table: hex(table) }),
    ...(raw === undefined ? {} : { raw: hex(raw) }),
    ...(pfn === undefined ? {} : { pfn: hex(pfn) }),
    ...(kept === undefined ? {} : { kept: Number(kept) }),
    ...(counted === undefined ? {} : { counted: Number(counted) }),
  };
}

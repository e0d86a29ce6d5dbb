import type { Cause } from './diagnose/diagnosis.js';
import type { Incident, TriageResult } from './triage.js';

/** A report whose kind, machine and cause people have established (fixtures/badpage). */
export interface JudgedReport {
  readonly id: string;
  readonly arch: string;
  /** Release, or what is known of it. */
  readonly kernel: string;
  readonly kind: string;
  readonly cause: string;
  readonly confidence: 'stated' | 'likely' | 'unknown';
  readonly log: string;
}

/** Why the kernel made a report: which of its checks failed. */
export const ORIGINS = [
  'mapcount below zero',
  'special where forbidden',
  'pfn beyond the memmap',
  'swap entry that no area has',
  'entry that this tool cannot read',
  'page in a bad state',
  'counters at exit',
  'table entry that is no table',
  'reserved bit, oops',
  'page-table check, other BUG or WARN',
] as const;
/** One of them. */
export type Origin = (typeof ORIGINS)[number];

/** How one report came out. */
export interface Score {
  readonly report: JudgedReport;
  readonly origin: Origin;
  readonly kindIsRight: boolean;
  /** `undecided` where the log has no sign, or signs of several. */
  readonly arch: 'right' | 'wrong' | 'undecided';
  /** The cause is known, and not that nothing is known. */
  readonly counts: boolean;
  /** Place of the recorded cause among the ranked ones, from 1; 0 when it is not there. */
  readonly rank: number;
  /** A diagnosis that calls itself certain names another cause. */
  readonly certainIsWrong: boolean;
}

/** Compares what was found in a report's log with what is known of it. */
export function scoreOf(report: JudgedReport, { incidents }: TriageResult): Score | undefined {
  const [incident] = incidents;
  if (incident === undefined) return undefined;
  const { diagnoses, machine } = incident;
  const counts = report.confidence !== 'unknown' && report.cause !== 'unknown';
  return {
    report,
    origin: originOf(incident),
    kindIsRight: incident.kind === report.kind,
    arch:
      machine.arch === 'unknown' ? 'undecided' : machine.arch === report.arch ? 'right' : 'wrong',
    counts,
    rank: diagnoses.findIndex(({ cause }) => cause === (report.cause as Cause)) + 1,
    certainIsWrong:
      counts &&
      diagnoses.some((each) => each.confidence === 'certain' && each.cause !== report.cause),
  };
}

/** Which check of the kernel made the report. */
function originOf({ kind, report, entries }: Incident): Origin {
  switch (kind) {
    case 'bad_page_map': {
      if (report.swap.length > 0) return 'swap entry that no area has';
      if (report.page !== undefined) return 'mapcount below zero';
      const reading = entries.find(({ printed }) => printed.reported)?.reading;
      if (reading?.kind === 'leaf') {
        return reading.special === true ? 'special where forbidden' : 'pfn beyond the memmap';
      }
      return reading?.kind === 'absent'
        ? 'swap entry that no area has'
        : 'entry that this tool cannot read';
    }
    case 'bad_swap_entry':
      return 'swap entry that no area has';
    case 'bad_page_state':
      return 'page in a bad state';
    case 'bad_rss_counter':
      return 'counters at exit';
    case 'bad_pgd':
    case 'bad_p4d':
    case 'bad_pud':
    case 'bad_pmd':
      return 'table entry that is no table';
    case 'corrupted_page_table':
    case 'oops_pagetable':
      return 'reserved bit, oops';
    default:
      return 'page-table check, other BUG or WARN';
  }
}

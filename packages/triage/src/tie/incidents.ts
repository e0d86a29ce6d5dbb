import type { IncidentKind, LogReport } from '../incident.js';
import { isPart, isRepeat, sameDamage, saysTheSame } from './same.js';

/** Reports that belong together, and the incident that they are a consequence of. */
export interface TiedReports {
  /** Number of the incident, from 1, in order of the log. */
  readonly id: number;
  /** The report that came first. */
  readonly report: LogReport;
  /** Others of the same damage: further entries of the table, further counters, the same again. */
  readonly more: readonly LogReport[];
  /** Reports of the same damage that were not kept: there were too many. */
  readonly dropped: number;
  /** Number of an earlier incident that explains this one. */
  readonly follows?: number;
}

/** More are counted, not kept. */
const MOST_OF_ONE = 64;
/** Incidents, from the last one back, that a report may repeat or follow from. */
const LOOK_BACK = 200;

/** What may still be kept: it is counted down. */
export interface Budget {
  incidents: number;
  reports: number;
}

interface Open {
  readonly id: number;
  readonly report: LogReport;
  readonly more: LogReport[];
  dropped: number;
  readonly follows: number | undefined;
}

/** What later counters and page states are a consequence of. */
const DAMAGE: readonly IncidentKind[] = [
  'bad_page_map',
  'bad_pgd',
  'bad_p4d',
  'bad_pud',
  'bad_pmd',
  'bad_swap_entry',
  'corrupted_page_table',
];

/** Ties the reports of a log together as they come. */
export class IncidentTier {
  private readonly incidents: Open[] = [];
  /** The last of them. */
  private recent: Open[] = [];
  /** Reports for which there was no incident and no more room. */
  dropped = 0;

  constructor(private readonly budget: Budget = { incidents: 2000, reports: 10_000 }) {}

  /** No report came. */
  get isEmpty(): boolean {
    return this.incidents.length === 0 && this.dropped === 0;
  }

  /** The next reports, in order of the log. */
  add(reports: readonly LogReport[]): void {
    for (let i = 0; i < reports.length; i++) {
      // The swap layer speaks first, maybe often, then the report of the entry: one report.
      const end = endOfMessages(reports, i);
      const messages = reports.slice(i, end);
      const report = reports[end] as LogReport;
      const swap = [...messages, report].flatMap((each) => each.swap);
      this.take(
        messages.length === 0
          ? report
          : { ...report, swap, lines: [reports[i]?.lines[0] ?? report.lines[0], report.lines[1]] },
      );
      i = end;
    }
  }

  /** What was found. */
  result(): readonly TiedReports[] {
    return this.incidents.map(({ follows, ...incident }) => ({
      ...incident,
      ...(follows === undefined ? {} : { follows }),
    }));
  }

  private take(report: LogReport): void {
    const known = this.recent.findLast(
      ({ report: first, more }) =>
        isRepeat(more.at(-1) ?? first, report) || isRepeat(first, report),
    );
    if (known !== undefined) {
      if (known.more.length < MOST_OF_ONE && this.budget.reports > 0) {
        this.budget.reports--;
        known.more.push(report);
      } else known.dropped++;
      return;
    }
    if (this.budget.incidents === 0) {
      this.dropped++;
      return;
    }
    this.budget.incidents--;
    const id = this.incidents.length + 1;
    const open = { id, report, more: [], dropped: 0, follows: this.causeOf(report) };
    this.incidents.push(open);
    this.recent.push(open);
    if (this.recent.length > LOOK_BACK) this.recent = this.recent.slice(LOOK_BACK / 2);
  }

  private causeOf(report: LogReport): number | undefined {
    const earlier = this.recent.findLast(
      ({ report: first, more }) =>
        (report.kind === 'bad_rss_counter' && DAMAGE.includes(first.kind)) ||
        [first, ...more].some((each) => sameDamage(each, report)),
    );
    return earlier === undefined ? undefined : (earlier.follows ?? earlier.id);
  }
}

/** Where messages of the swap layer end that are part of the report behind them; none: the start. */
function endOfMessages(reports: readonly LogReport[], start: number): number {
  let end = start;
  for (;;) {
    const [message, next] = [reports[end], reports[end + 1]];
    if (message === undefined || next === undefined) return start;
    if (isPart(message, next)) return end + 1;
    if (!saysTheSame(message, next)) return start;
    end++;
  }
}

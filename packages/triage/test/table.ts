import type { TiedReports } from '../src/tie/incidents.js';
import { diagnosed } from './diagnoses.js';
import { type KnownReport, knownReports } from './reports.js';

/** A report whose cause somebody knows, and where it stands among the diagnoses. */
export interface Judged {
  readonly report: KnownReport;
  readonly incident: TiedReports;
  /** 0 for the first; -1 when the recorded cause is not among them. */
  readonly rank: number;
  readonly certain: boolean;
  readonly kernel: string;
}

/** All reports whose cause is stated or likely. */
export const judged: readonly Judged[] = knownReports
  .filter(({ cause, confidence }) => cause !== 'unknown' && confidence !== 'unknown')
  .map((report) => {
    const { incident, diagnoses, machine } = diagnosed(report.log);
    return {
      report,
      incident,
      rank: diagnoses.findIndex(({ cause }) => cause === report.cause),
      certain: diagnoses[0]?.confidence === 'certain',
      kernel: machine.release ?? 'not said',
    };
  });

/** What a report is of, in the words of the review that asked which of these really happen. */
export function originOf({ report }: TiedReports): string {
  const mapcount = report.page?.mapcount?.value ?? 0;
  if (report.swap.length > 0) return 'swap';
  if (report.kind !== 'bad_page_map') return 'other';
  if (mapcount < 0) return 'mapcount below zero';
  return report.page === undefined ? 'entry refused' : 'other';
}

/** Era of a kernel, by what changed in the reports. */
function eraOf({ kernel }: Judged): string {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  if (major === undefined) return 'not said';
  const number = Number(major) * 100 + Number(minor);
  if (number < 400) return '2.6 to 3.x';
  if (number < 500) return '4.x';
  if (number < 600) return '5.x';
  return number < 618 ? '6.0 to 6.17' : '6.18 and later';
}

/** How many of which were first, and among the first three. */
export function table(): readonly string[] {
  const groups: readonly (readonly [string, (one: Judged) => string])[] = [
    ['cause', ({ report }) => report.cause],
    ['architecture', ({ report }) => report.arch],
    ['era', eraOf],
    ['origin', ({ incident }) => originOf(incident)],
  ];
  return groups.flatMap(([title, keyOf]) => {
    const keys = [...new Set(judged.map(keyOf))].sort();
    return [
      `| ${title} | reports | first | among three |`,
      '|---|---|---|---|',
      ...keys.map((key) => {
        const own = judged.filter((one) => keyOf(one) === key);
        const first = own.filter(({ rank }) => rank === 0).length;
        const three = own.filter(({ rank }) => rank >= 0 && rank < 3).length;
        return `| ${key} | ${own.length} | ${first} | ${three} |`;
      }),
      '',
    ];
  });
}

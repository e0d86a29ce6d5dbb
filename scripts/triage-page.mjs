import { readFileSync } from 'node:fs';
import { scoreOf, Triage, triageMarkdown } from '../packages/triage/dist/index.js';
import { builtBackends } from './built-backends.mjs';

/** Reports from mailing lists and trackers, each with what is known of it. */
const REPORTS = 'fixtures/badpage/reports.jsonl';

/** The page of what triage reaches: made by reading all known reports. */
export async function triagePage() {
  const backends = await builtBackends();
  const reports = readFileSync(REPORTS, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return triageMarkdown(
    reports.map((report) => {
      const triage = Triage.of(backends);
      if (!triage.ok) throw new Error(triage.problem.message);
      triage.value.write(new TextEncoder().encode(report.log));
      const score = scoreOf(report, triage.value.end());
      if (score === undefined) throw new Error(`${report.id}: nothing was found`);
      return score;
    }),
  );
}

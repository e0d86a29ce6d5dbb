import { readFileSync } from 'node:fs';
import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { expect, test } from 'vitest';
import { type Score, scoreOf, Triage, triageMarkdown } from '../src/index.js';
import { knownReports } from './reports.js';

const scores = knownReports.map((report): Score => {
  const triage = Triage.of([x86, arm64, s390x, nopteSpecial]);
  if (!triage.ok) throw new Error(triage.problem.message);
  triage.value.write(new TextEncoder().encode(report.log));
  const score = scoreOf(report, triage.value.end());
  if (score === undefined) throw new Error(`${report.id}: nothing was found`);
  return score;
});
const judged = scores.filter(({ counts }) => counts);

test('kinds are right, no architecture is wrong, and nothing certain is', () => {
  expect(scores.filter(({ kindIsRight }) => !kindIsRight)).toEqual([]);
  expect(scores.filter(({ arch }) => arch === 'wrong')).toEqual([]);
  expect(scores.filter(({ certainIsWrong }) => certainIsWrong)).toEqual([]);
});

test('the known cause is first in 60 %, among the first three in 85 %', () => {
  console.log(triageMarkdown(scores));
  const share = (last: number): number =>
    judged.filter(({ rank }) => rank >= 1 && rank <= last).length / judged.length;
  expect(share(1)).toBeGreaterThanOrEqual(0.6);
  expect(share(3)).toBeGreaterThanOrEqual(0.85);
});

test('docs/triage.md says what is reached', () => {
  const written = readFileSync(new URL('../../../docs/triage.md', import.meta.url), 'utf8');
  expect(written === triageMarkdown(scores), 'run `node scripts/docs.mjs`').toBe(true);
});

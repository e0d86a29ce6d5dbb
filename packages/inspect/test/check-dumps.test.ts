import { describe, expect, test } from 'vitest';
import { check } from '../src/index.js';
import { DUMPS, GUESTS, judgedGuest, openGuest } from './guests.js';

if (DUMPS === undefined) {
  test.skip('NOT RUN: checks of real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: checks of real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  describe.each(GUESTS)('%s', (guest) => {
    test('a healthy kernel has no errors', { timeout: 60_000 }, async () => {
      const dump = await openGuest(guest);
      const { kernel, judge } = judgedGuest(guest, dump);
      const began = performance.now();
      const report = check(kernel, judge);
      if (!report.ok) throw new Error(report.problem.message);
      const { findings, walked } = report.value;
      console.log(`${guest}: ${walked} processes, ${Math.round(performance.now() - began)} ms`);
      const shown = findings.map(
        ({ id, severity, detail, count, evidence: { pid, comm } }) =>
          `${severity} ${id} x${count}: ${pid} ${comm}: ${detail}`,
      );
      if (shown.length) console.log(shown.slice(0, 30).join('\n'), shown.length);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(walked).toBeGreaterThan(4);
      dump.close();
    });
  });
}

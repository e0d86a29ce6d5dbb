import { expect, test } from 'vitest';
import { triageDamaged } from './fuzz-logs.js';

const CASES = 500;
/** Far more than any takes, on a slow machine with other work. */
const MOST_MS = 10_000;

test(`${CASES} damaged logs are read to their end, each soon`, { timeout: 120_000 }, () => {
  let found = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    const begun = performance.now();
    const { incidents, lines } = triageDamaged(seed);
    expect([seed, performance.now() - begun < MOST_MS]).toEqual([seed, true]);
    found += incidents.length;
    for (const {
      id,
      follows,
      lines: [first, last],
    } of incidents) {
      expect(first).toBeGreaterThan(0);
      expect(last).toBeLessThanOrEqual(lines);
      if (follows !== undefined) expect(follows).toBeLessThan(id);
    }
  }
  // Most damage leaves most reports readable.
  expect(found).toBeGreaterThan(CASES);
});

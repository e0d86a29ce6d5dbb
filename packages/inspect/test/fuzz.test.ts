import { expect, test } from 'vitest';
import { dumpFuzzer } from './fuzz-dumps.js';
import { ENDLESS, type FuzzOutcome } from './fuzz-outcome.js';
import { fuzzTable } from './fuzz-tables.js';

const CASES = 500;
const SEED = 20261121;
/** A case that takes longer hangs; what bounds the work is the number of entries. */
const MOST_MILLISECONDS = 20_000;

/** Outcomes by code; a case that throws names its seed. */
function outcomes(run: (seed: number) => FuzzOutcome): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let seed = SEED; seed < SEED + CASES; seed++) {
    const start = performance.now();
    let outcome: FuzzOutcome;
    try {
      outcome = run(seed);
    } catch (cause) {
      throw new Error(`case ${seed} throws`, { cause });
    }
    expect(`${seed}: ${outcome.code}`).not.toBe(`${seed}: ${ENDLESS}`);
    expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
    counts.set(outcome.code, (counts.get(outcome.code) ?? 0) + 1);
  }
  return counts;
}

test(`${CASES} damaged dumps: named problems, or what could be followed and why not the rest`, async () => {
  const found = outcomes(await dumpFuzzer());
  // Were all refused at the door, nothing behind it would have been tried.
  expect(found.get('whole')).toBeGreaterThan(CASES / 10);
  const partial = [...found].filter(([code]) => code.startsWith('partial: '));
  expect(partial.length).toBeGreaterThan(3);
}, 300_000);

test(`${CASES} damaged tables of types and symbols, and texts of VMCOREINFO`, () => {
  const found = outcomes(fuzzTable);
  expect(found.get('read')).toBeGreaterThan(CASES / 10);
  expect(found.size).toBeGreaterThan(4);
}, 120_000);

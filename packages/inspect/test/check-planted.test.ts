import type { Dump } from '@pagewright/dump';
import { describe, expect, test } from 'vitest';
import { check } from '../src/index.js';
import { Overlay } from './check-overlay.js';
import { PLANTS, victimOf } from './check-plants.js';
import { dumpOfBytes, fixtureBytes } from './distill-truth.js';
import { DUMPS, GUESTS, type Guest, judgedGuest, openGuest } from './guests.js';

/** Damage that a guest has no place for: what its kernel or its architecture does not have. */
const WITHOUT: Readonly<Partial<Record<Guest, readonly string[]>>> = {
  's390x-6.12': ['an address of the kernel over an entry'],
  'uml-6.1': [
    'special mark in an ordinary mapping',
    'the zeropage without its mark',
    'an address of the kernel over an entry',
  ],
};

const FEWEST = 12;

async function findsWhatIsPlanted(guest: Guest, dump: Dump) {
  const overlay = new Overlay(dump);
  const { kernel, judge } = judgedGuest(guest, overlay.dump);
  const victim = victimOf(kernel, judge, overlay, 'mapper');
  const without: string[] = [];
  const failed: string[] = [];
  for (const [name, plant] of Object.entries(PLANTS)) {
    overlay.reset();
    const planted = plant(victim);
    if (planted === undefined) {
      without.push(name);
      continue;
    }
    const report = check(kernel, judge);
    if (!report.ok) throw new Error(report.problem.message);
    const same = report.value.findings.filter(({ id }) => id === planted.id);
    try {
      expect(
        same.map(({ evidence, severity, count }) => ({ evidence, severity, count })),
        name,
      ).toContainEqual({
        evidence: expect.objectContaining(planted.evidence),
        severity: 'error',
        count: planted.count ?? expect.any(Number),
      });
    } catch (error) {
      failed.push(`${name}: ${(error as Error).message}`);
    }
  }
  expect(failed).toEqual([]);
  expect(without).toEqual(WITHOUT[guest] ?? []);
  expect(Object.keys(PLANTS).length - without.length).toBeGreaterThanOrEqual(FEWEST);
}

describe('damage to distilled dumps', () => {
  test.each(['x86_64-6.12', 's390x-6.12'] as const)('%s', { timeout: 300_000 }, async (guest) => {
    await findsWhatIsPlanted(guest, await dumpOfBytes([fixtureBytes(guest)]));
  });
});

if (DUMPS === undefined) {
  test.skip('NOT RUN: damage to real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: damage to real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  test.each(GUESTS)('finds what was planted in %s', { timeout: 300_000 }, async (guest) => {
    const dump = await openGuest(guest);
    await findsWhatIsPlanted(guest, dump);
    dump.close();
  });
}

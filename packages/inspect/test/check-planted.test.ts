import { describe, expect, test } from 'vitest';
import { check } from '../src/index.js';
import { DUMPS, GUESTS, type Guest, judgedGuest, openGuest } from './check-guests.js';
import { Overlay } from './check-overlay.js';
import { PLANTS, victimOf } from './check-plants.js';

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

if (DUMPS === undefined) {
  test.skip('NOT RUN: damage to real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: damage to real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  describe.each(GUESTS)('%s', (guest) => {
    test('finds what was planted, and where', { timeout: 300_000 }, async () => {
      const dump = await openGuest(guest);
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
        const { findings } = report.value;
        const same = findings.filter(({ id }) => id === planted.id);
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
      dump.close();
    });
  });
}

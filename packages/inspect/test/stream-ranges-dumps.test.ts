import { describe, expect, test } from 'vitest';
import {
  AreaReader,
  addressSpace,
  areaRanges,
  judgedEntries,
  judgedRanges,
  tasks,
} from '../src/index.js';
import { DUMPS, GUESTS, judgedGuest, openGuest, WITHOUT_TYPES } from './guests.js';

function value<T>(result: { ok: true; value: T } | { ok: false; problem: { message: string } }): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

if (DUMPS === undefined) {
  test.skip('NOT RUN: ranges of real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: ranges of real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  describe.each(GUESTS)('%s', (guest) => {
    test('ranges found table by table are those of the entries one by one', async () => {
      const dump = await openGuest(guest);
      const { kernel, judge } = judgedGuest(guest, dump);
      expect(judge.pages.bounds === undefined).toBe(guest === WITHOUT_TYPES);
      const reader = new AreaReader(kernel);
      let leaves = 0;
      for (const { mm } of value(tasks(kernel)).tasks) {
        if (mm === undefined) continue;
        const space = value(addressSpace(kernel, mm));
        const context = value(judge.context(space));
        for (const area of value(reader.areas(space)).areas) {
          const slow = [...judgedRanges(value(judgedEntries(context, area)))];
          const fast = value(areaRanges(context, area));
          const found = Array.from(fast, ({ start, end, entries, first, key }) => {
            leaves += key.kind === 'leaf' ? entries : 0;
            return { start, end, entries, first, key };
          });
          expect(found).toEqual(slow);
        }
      }
      expect(leaves).toBeGreaterThan(100);
      dump.close();
    });
  });
}

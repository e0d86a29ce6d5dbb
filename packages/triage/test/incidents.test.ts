import { expect, test } from 'vitest';
import { readReports } from '../src/read/reports.js';
import { IncidentTier, type TiedReports } from '../src/tie/incidents.js';
import { knownReports, mended } from './reports.js';

function tied(log: string): readonly TiedReports[] {
  const tier = new IncidentTier();
  tier.add(readReports(mended(log)));
  return tier.result();
}

test('the first incident of each report is of its kind', () => {
  const other = knownReports.filter(({ log, kind }) => tied(log)[0]?.report.kind !== kind);
  expect(other.map(({ id }) => id)).toEqual([]);
});

test('what the swap layer said is part of the report behind it', () => {
  const [incident, ...more] = tied(
    'swap_info_get: Bad swap offset entry 1ff\nBUG: Bad page map in process p  pte:00000608 pmd:00001067',
  );
  expect(more).toEqual([]);
  expect(incident?.report).toMatchObject({
    kind: 'bad_page_map',
    lines: [1, 2],
    swap: [{ what: 'Bad swap offset' }],
  });
});

test('entries of one table are one incident; counters follow from it', () => {
  const map = (pte: string, pmd: string) =>
    `BUG: Bad page map in process p  pte:${pte} pmd:${pmd}\naddr:00400000 vm_flags:00000070 anon_vma:00000000 mapping:00000000 index:0\n`;
  const [table, other, counters] = tied(
    `${map('11111111', '00001067')}${map('22222222', '00001067')}${map('33333333', '00002067')}BUG: Bad rss-counter state mm:c0000000 idx:0 val:3\nBUG: Bad rss-counter state mm:c0000000 idx:1 val:-1\n`,
  );
  expect([table?.more.length, other?.more.length]).toEqual([1, 0]);
  expect([table?.follows, other?.follows]).toEqual([undefined, undefined]);
  expect(counters).toMatchObject({
    id: 3,
    follows: 2,
    more: [{ counters: [{ name: 'MM_ANONPAGES' }] }],
  });
});

test('a bad page state of the page that an entry mapped follows from it', () => {
  const [, state] = tied(
    'BUG: Bad page map in process p  pte:12345025 pmd:00001067\npage:c0 refcount:0 mapcount:-1 mapping:00000000 index:0x0 pfn:0x12345\nBUG: Bad page state in process p  pfn:12345',
  );
  expect(state).toMatchObject({ report: { kind: 'bad_page_state' }, follows: 1 });
});

test('thousands of reports are counted, not kept', () => {
  const [one] = tied(
    'BUG: Bad page map in process p  pte:00000001 pmd:00001067\n'
      .replaceAll('00000001', '00000001')
      .repeat(1),
  );
  expect(one?.dropped).toBe(0);
  const lines = Array.from(
    { length: 500 },
    (_, i) => `BUG: Bad page map in process p  pte:0000${(4096 + i).toString(16)} pmd:00001067`,
  );
  const [many] = tied(lines.join('\n'));
  expect([many?.more.length, many?.dropped]).toEqual([64, 435]);
});

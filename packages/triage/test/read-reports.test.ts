import { expect, test } from 'vitest';
import { readReports } from '../src/read/reports.js';
import { knownReports, mended } from './reports.js';

test('entries of all reports that have one are found', () => {
  const missing = knownReports.filter(({ log, pte, pmd }) => {
    const words = readReports(mended(log)).flatMap(({ entries }) =>
      entries.map(({ raw }) => raw.value),
    );
    return [pte, pmd].some(
      (word) => word !== null && !words.includes(BigInt(`0x${word}`) as never),
    );
  });
  expect(missing.map(({ id }) => id)).toEqual([]);
  expect(knownReports.filter(({ pte }) => pte !== null).length).toBeGreaterThan(40);
});

test('each report has one of its kind', () => {
  const missing = knownReports.filter(
    ({ log, kind }) => !readReports(mended(log)).some((report) => report.kind === kind),
  );
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test('fields say where they stand, over stamps and wrapped lines', () => {
  const [report] = readReports(
    mended(
      '[   25.5] BUG: Bad page map in process tmux: client\n> pte:2e8000448800f53 pmd:41ff5f003',
    ),
  );
  expect(report?.process).toEqual({ value: 'tmux: client', at: { line: 1, column: 40 } });
  expect(report?.entries).toMatchObject([
    { level: 'pte', raw: { value: 0x2e8000448800f53n, at: { line: 2, column: 7 } } },
    { level: 'pmd', raw: { value: 0x41ff5f003n, at: { line: 2, column: 27 } } },
  ]);
});

test('what Xen says of a guest holds the entry', () => {
  const [grant, level2] = readReports(
    mended(
      "(XEN) d0v1 Attempt to implicitly unmap d0's grant PTE 8010000123456027\n(XEN) mm.c:1: Error getting mfn 123 (pfn 456) from L2 entry 0000000123456067 for l1e_owner d1, pg_owner d1",
    ),
  );
  expect(grant).toMatchObject({
    kind: 'xen_guest',
    entries: [{ level: 'pte', raw: { value: 0x8010000123456027n } }],
  });
  expect(level2?.entries).toMatchObject([{ level: 'pmd', raw: { value: 0x123456067n } }]);
});

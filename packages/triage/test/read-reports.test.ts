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

test.each([
  ['Bad pte = 1234b025, process = a b, vm_flags = 100073, vaddr = b7f00000', 'bad_page_map'],
  ['BUG: Bad page map in\nprocess x\n pte:12345067\n pmd:00001067', 'bad_page_map'],
  ['BUG: Bad page state\nin process x  pfn:11', 'bad_page_state'],
  ['BUG: Bad rss-counter state\nmm:c0 type:MM_ANONPAGES\nval:1', 'bad_rss_counter'],
  ['BUG: non-zero pgtables_bytes on freeing\nmm: 4096', 'bad_rss_counter'],
  ['WARNING: CPU: 1 PID: 2 at mm/rmap.c:12 f+0x1/0x2', 'warn_mm_rmap'],
  ['WARNING: at mm/memory.c:12 f+0x1/0x2()', 'warn_mm_memory'],
  ['WARNING: mm/memory.c:12 at f+0x1/0x2, CPU#1: a/9', 'warn_mm_memory'],
  ['kernel BUG at mm/rmap.c:1292!', 'kernel_bug_rmap'],
  ['mm/memory.c:127: bad pmd c0b7c000.', 'bad_pmd'],
  ['mm/pgtable-generic.c:40: bad p4d (____ptrval____)(8000000000000025)', 'bad_p4d'],
  ['../mm/pgtable-generic.c:33: bad pud 00000000deadbeef(5a5a5a5a5a5a5a5a)', 'bad_pud'],
  ['get_swap_device: Bad swap file entry 3ffffffffffff', 'bad_swap_entry'],
  ['swap_dup: Unused swap offset entry 00000012', 'bad_swap_entry'],
  ['a: Corrupted page table at address 7f0000000000\nPGD 1067 P4D 2067', 'corrupted_page_table'],
  ['[ffff800000000000] pgd=1000000001ffff003, p4d=0', 'oops_pagetable'],
  ['PGD 0 P4D 0', 'oops_pagetable'],
  ['*pde = 00000000', 'oops_pagetable'],
  ['AS:0000000001234007 R3:0000000000000024', 'oops_pagetable'],
])('%j is a report', (log, kind) => {
  expect(readReports(mended(log)).map((report) => report.kind)).toEqual([kind]);
});

test('the line of 2.6.28 and before holds entry, process and VMA', () => {
  const line = 'Bad pte = 1234b025, process = a b, vm_flags = 100073, vaddr = b7f00000';
  expect(readReports(mended(line))).toMatchObject([
    {
      process: { value: 'a b' },
      entries: [{ level: 'pte', raw: { value: 0x1234b025n }, reported: true }],
      vma: { flags: { value: 0x100073n }, addr: { value: 0xb7f00000n } },
    },
  ]);
});

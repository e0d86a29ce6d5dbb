import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAUSES } from '../src/diagnose/diagnosis.js';
import { FINDINGS, type FindingId } from '../src/diagnose/findings.js';
import { releaseNumber } from '../src/diagnose/release-number.js';
import { RULES } from '../src/diagnose/rules.js';
import { diagnosed } from './diagnoses.js';
import { knownReports } from './reports.js';

/** Lines by which the architecture is known. */
const MACHINES = [
  'RIP: 0010:f+0x1/0x2',
  'pstate: 60000005 (nZCv)',
  'Krnl PSW : 0704c00180000000 0000000000000000',
  'EIP: 0060:[<c0123456>]',
  'psr: 60000013',
  'epc : ffffffff80000000 ra : 0',
  'nothing',
];

const findings = (log: string): readonly string[] =>
  diagnosed(log).diagnoses.map(({ finding }) => finding);

test('every report is told something, with grounds, and unknown is among it', () => {
  for (const { id, log } of knownReports) {
    const { diagnoses } = diagnosed(log);
    expect([id, diagnoses.filter(({ cause }) => cause === 'unknown').length]).toEqual([id, 1]);
    expect(diagnoses.length).toBeGreaterThan(1);
    for (const { cause, because, next, sentence } of diagnoses) {
      expect(CAUSES).toContain(cause);
      expect(next.length).toBeGreaterThan(0);
      expect(sentence).toMatch(/\.$/);
      if (cause !== 'unknown') expect(because.length).toBeGreaterThan(0);
    }
  }
});

test('rules have ids of their own, and sources; every finding is one that a rule can say', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  expect(RULES.filter(({ source, sentence }) => source === '' || !sentence.endsWith('.'))).toEqual(
    [],
  );
  const causes = new Set(Object.values(FINDINGS).map(({ cause }) => cause));
  expect([...causes].sort()).toEqual([...CAUSES].sort());
});

const map = (pte: string, rest = ''): string =>
  `BUG: Bad page map in process p  pte:${pte} pmd:12345067\n${rest}addr:00007f1122334000 vm_flags:00100073 anon_vma:ffff888012345678 mapping:0000000000000000 index:7f1122334\nfile:(null) fault:0x0 mmap:0x0 read_folio:0x0\nCPU: 1 PID: 9 Comm: p Not tainted 6.12.3 #1\nRIP: 0033:0x7f1122334000\nRAX: 0000000000000001 RBX: 0000000000000002\n`;

test.each<readonly [string, string, FindingId]>([
  ['text', map('6f77206f6c6c6568'), 'text-over-table'],
  ['UTF-16', map('0069006800630061'), 'text-over-table'],
  ['a kernel pointer', map('ffff888104567890'), 'table-reused'],
  ['a pointer into the own table', map('ffff888012345890'), 'table-is-slab'],
  ['slab poison', map('6b6b6b6b6b6b6b6b'), 'table-is-slab'],
  ['a byte fill', map('e7e7e7e7e7e7e7e7'), 'byte-fill'],
  ['small numbers', map('0000003400000012'), 'data-over-table'],
  ['a single bit', map('0000004000000000'), 'bit-flip'],
  ['a good entry but for a high frame bit', map('8000400012346867'), 'bit-flip'],
  ['a good entry without its present bit', map('8000000012346866'), 'bit-flip'],
  ['an entry without access', map('800fffffedcb9966'), 'no-access-misread'],
  ['a special entry in a plain VMA', map('8000000012346a67'), 'special-where-forbidden'],
])('%s over an entry', (_what, log, expected) => {
  expect(findings(log)[0]).toBe(expected);
});

const page = (words: string): string =>
  `page:ffffea0000000000 refcount:1 mapcount:-1 ${words}\npage dumped because: bad pte\n`;

test('a page that fits its VMA was counted wrongly; one that does not is the wrong page', () => {
  const file = (mapping: string): string =>
    map('8000000012346867', page(`mapping:${mapping} index:0x7f1122334 pfn:0x12346`)).replace(
      'mapping:0000000000000000 index:7f1122334',
      'mapping:ffff888011112222 index:7f1122334',
    );
  expect(findings(file('ffff888011112222'))[0]).toBe('unmapped-too-often');
  expect(findings(file('ffff888033334444'))[0]).toBe('foreign-entry');
});

const state = (page: string): string =>
  `BUG: Bad page state in process p  pfn:12345\n${page}\nCPU: 1 PID: 9 Comm: p Not tainted 6.1.0 #1\nRIP: 0010:0x1\nRAX: 0000000000000001 RBX: 0000000000000002\n`;

test.each<readonly [string, string, FindingId]>([
  ['a page table', 'page:0 refcount:0 mapcount:-1024 mapping:0 index:0x0', 'freed-with-table-type'],
  ['a free page', 'page:0 refcount:0 mapcount:-128 mapping:0 index:0x0', 'page-already-free'],
  ['a count of one bit', 'page:0 refcount:67108864 mapcount:0 mapping:0 index:0x0', 'counter-bit'],
  [
    'a count below zero',
    'page:0 refcount:-1 mapcount:0 mapping:0 index:0x0',
    'reference-dropped-twice',
  ],
  [
    'bytes all over',
    'page:0 refcount:-1431655766 mapcount:0 mapping:aaaaaaaaaaaaaaaa index:0x0\nflags: 0xaaaaaaaaaaaaaaaa(lru)',
    'byte-fill',
  ],
])('a bad page state: %s', (_what, words, expected) => {
  expect(findings(state(words))[0]).toBe(expected);
});

test.each<readonly [string, FindingId]>([
  ['!PageTable(page)', 'table-not-ready'],
  ['is_zero_folio(folio)', 'zero-page-counted'],
  ['!folio_test_locked(folio)', 'assertion-failed'],
])('an assertion: %s', (expression, expected) => {
  const log = `page:0 refcount:1 mapcount:0 mapping:0 index:0x0\npage dumped because: VM_BUG_ON_PAGE(${expression})\n------------[ cut here ]------------\nkernel BUG at mm/x.c:1!\n`;
  expect(findings(log)[0]).toBe(expected);
});

test('only what the log proves is certain', () => {
  const { diagnoses } = diagnosed(state('page:0 refcount:0 mapcount:-1024 mapping:0 index:0x0'));
  expect(diagnoses.map(({ confidence }) => confidence)).toEqual(
    diagnoses.map((_, i) => (i === 0 ? 'certain' : 'possible')),
  );
});

test('a huge entry made inaccessible for NUMA hints is healthy', () => {
  const log = 'mm/pgtable-generic.c:40: bad pmd ffff888012345678(00000001234009e2)\n';
  expect(findings(log)[0]).toBe('healthy-huge-entry');
});

test('entries that count up through types are a harmless query', () => {
  const lines = ['58', '5c', '60', '64'].map(
    (type) => `get_swap_device: Bad swap file entry ${type}00000000000003\n`,
  );
  expect(findings(lines.join(''))[0]).toBe('counting-queries');
});

test('what follows from an earlier incident has no diagnosis of its own', () => {
  const log = `${map('8000000012346867', page('mapping:0 index:0x0 pfn:0x12346'))}BUG: Bad page state in process p  pfn:12346\n`;
  expect(diagnosed(log).diagnoses.length).toBeGreaterThan(1);
  expect(diagnosed(log, 1)).toMatchObject({ incident: { follows: 1 }, diagnoses: [] });
});

test('nothing that can be printed breaks a rule', () => {
  const hex = fc
    .bigInt({ min: 0n, max: (1n << 64n) - 1n })
    .map((word) => word.toString(16).padStart(8, '0'));
  const count = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const words = fc
    .array(hex, { minLength: 1, maxLength: 9 })
    .map((list) => `raw: ${list.join(' ')}\n`);
  fc.assert(
    fc.property(
      hex,
      hex,
      hex,
      hex,
      count,
      count,
      words,
      fc.constantFrom(...MACHINES),
      (pte, pmd, mapping, flags, mapcount, refcount, raw, machine) => {
        const log = `BUG: Bad page map in process p  pte:${pte} pmd:${pmd}\npage:0 refcount:${refcount} mapcount:${mapcount} mapping:${mapping} index:0x1\nflags: 0x${flags}(lru|reserved)\n${raw}addr:${pmd} vm_flags:${flags} anon_vma:${mapping} mapping:${pte} index:1\nfile:x fault:0x0 mmap:0x0 readpage:0x0\n${machine}\n`;
        for (const kind of [
          log,
          log.replace('Bad page map in process p ', 'Bad page state in process p  pfn:12\n'),
        ]) {
          expect(diagnosed(kind).diagnoses.length).toBeGreaterThan(1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the driver of a VMA is named', () => {
  const log = map('8000000012346a67')
    .replace('file:(null)', 'file:dmabuf')
    .replace('fault:0x0', 'fault:foo_gpu_fault [foo]');
  const [first] = diagnosed(log).diagnoses;
  expect(first?.because.map(({ sentence }) => sentence).join()).toContain('foo_gpu_fault');
});

test('releases compare as numbers, dates of -next too', () => {
  expect(
    ['2.6.32', '5.18.0-rc2', '6.12.3-x', 'next-20230127', 'next-20240613', 'v6'].map(releaseNumber),
  ).toEqual([206, 518, 612, 603, 611, undefined]);
});

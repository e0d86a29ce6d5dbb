import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RawLine } from '../src/log/mended.js';
import { LogScanner } from '../src/log/scanner.js';
import { readReports } from '../src/read/reports.js';
import { knownReports, mended } from './reports.js';

function scan(
  log: string,
  sizes: readonly number[] = [65536],
): { segments: (readonly RawLine[])[]; boots: RawLine[]; lines: number } {
  const segments: (readonly RawLine[])[] = [];
  const boots: RawLine[] = [];
  const scanner = new LogScanner({
    segment: (lines) => segments.push(lines),
    boot: (line) => boots.push(line),
  });
  const bytes = new TextEncoder().encode(log);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    scanner.write(bytes.subarray(at, at + size));
    at += size;
  }
  scanner.end();
  return { segments, boots, lines: scanner.lines };
}
const filler = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => `[${i}.5] usb 1-1: new device number ${i}\n`).join('');

test('every report lies in a segment, whatever the size of the pieces', () => {
  for (const { id, log } of knownReports) {
    const whole = readReports(mended(log)).length;
    const { segments } = scan(`${filler(300)}${log}\n${filler(300)}`, [977]);
    const found = segments.flatMap((lines) =>
      readReports(mended(lines.map(({ text }) => text).join('\n'))),
    );
    expect([id, found.length]).toEqual([id, whole]);
  }
});

test('ordinary lines are counted and passed over', () => {
  expect(scan(filler(5000))).toEqual({ segments: [], boots: [], lines: 5000 });
});

test('lines keep their numbers and texts, however the bytes are cut', () => {
  const log = `${filler(200)}BUG: Bad page state in process é  pfn:00011\n${filler(200)}`;
  const expected = log.split('\n');
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 9 }),
      (sizes) => {
        const { segments, lines } = scan(log, sizes);
        expect(lines).toBe(401);
        expect(segments.length).toBe(1);
        for (const { number, text } of segments[0] ?? []) expect(text).toBe(expected[number - 1]);
        expect(segments[0]?.[0]?.number).toBe(161);
      },
    ),
  );
});

test('what was said at boot is known later', () => {
  const boot = 'Linux version 6.1.0 (x)';
  const { segments, boots } = scan(`${boot}\n${filler(900)}m.c:1: bad pmd 0(0)\n${boot}\n`);
  expect(boots).toEqual([{ number: 1, text: boot }]);
  // One inside of a segment is not told twice.
  expect(segments[0]?.at(-1)).toEqual({ number: 903, text: boot });
});

test('a file without line feeds, and one of nothing but reports, take bounded memory', () => {
  const long = scan(`${'x'.repeat(1 << 20)}\nx`, [5000]);
  expect([long.segments, long.lines]).toEqual([[], 2]);
  const many = scan('BUG: Bad page map in process a  pte:00000001 pmd:00000002\n'.repeat(20_000));
  expect(Math.max(...many.segments.map((lines) => lines.length))).toBeLessThanOrEqual(4000);
  expect(many.segments.flat().length).toBe(20_000);
});

test('every way in which a report begins is passed on', () => {
  const heads = [
    'BUG: Bad page map in process a',
    'BUG: Bad page',
    'Bad pte = 1, process = a',
    'BUG: Bad rss-counter state mm:0',
    'BUG: non-zero nr_ptes on freeing mm: 1',
    'swap_free: Unused swap offset entry 1',
    'mm/memory.c:1: bad pgd 1.',
    'a: Corrupted page table at address 1',
    'kernel BUG at mm/rmap.c:1!',
    'kernel BUG at mm/page_table_check.c:1!',
    'page dumped because: VM_BUG_ON_FOLIO(a)',
    'Eeek! page_mapcount(page) went negative! (-1)',
    'PGD 0',
    '*pdpt = 0',
    '*pde = 0',
    '[c0000000] *pgd=0',
    'AS:0000000000000000 R3:0',
    '(XEN) mm.c:1',
  ];
  for (const head of heads) {
    expect([head, scan(`${filler(9)}${head}\n${filler(9)}`).segments.length]).toEqual([head, 1]);
  }
});

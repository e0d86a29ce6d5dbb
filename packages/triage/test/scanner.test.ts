import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogScanner, type Segment } from '../src/log/scanner.js';
import { readReports } from '../src/read/reports.js';
import { knownReports, mended } from './reports.js';

function scan(
  log: string,
  sizes: readonly number[] = [65536],
): { segments: Segment[]; lines: number } {
  const segments: Segment[] = [];
  const scanner = new LogScanner((segment) => segments.push(segment));
  const bytes = new TextEncoder().encode(log);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    scanner.write(bytes.subarray(at, at + size));
    at += size;
  }
  scanner.end();
  return { segments, lines: scanner.lines };
}
const filler = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => `[${i}.5] usb 1-1: new device number ${i}\n`).join('');

test('every report lies in a segment, whatever the size of the pieces', () => {
  for (const { id, log } of knownReports) {
    const whole = readReports(mended(log)).length;
    const { segments } = scan(`${filler(300)}${log}\n${filler(300)}`, [977]);
    const found = segments.flatMap(({ lines }) =>
      readReports(mended(lines.map(({ text }) => text).join('\n'))),
    );
    expect([id, found.length]).toEqual([id, whole]);
  }
});

test('ordinary lines are counted and passed over', () => {
  expect(scan(filler(5000))).toEqual({ segments: [], lines: 5000 });
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
        for (const { number, text } of segments[0]?.lines ?? [])
          expect(text).toBe(expected[number - 1]);
        expect(segments[0]?.lines[0]?.number).toBe(161);
      },
    ),
  );
});

test('what was said at boot is known later', () => {
  const { segments } = scan(`Linux version 6.1.0 (x)\n${filler(900)}bad_page: : bad pmd 0(0)\n`);
  expect(segments[0]?.boot).toEqual({ number: 1, text: 'Linux version 6.1.0 (x)' });
});

test('a file without line feeds, and one of nothing but reports, take bounded memory', () => {
  const long = scan('x'.repeat(1 << 20), [5000]);
  expect(long.segments).toEqual([]);
  const many = scan('BUG: Bad page map in process a  pte:00000001 pmd:00000002\n'.repeat(20_000));
  expect(Math.max(...many.segments.map(({ lines }) => lines.length))).toBeLessThanOrEqual(4000);
  expect(many.segments.flatMap(({ lines }) => lines).length).toBe(20_000);
});

import type { Range, Ranges, Span } from '../document.js';
import { span } from '../document.js';
import { spansOf, wrap } from './spans.js';
import { tableLines } from './table.js';

const DETAIL_INDENT = 4;

/** Pieces of an address space: addresses, size and text, with their details below. */
export function rangesLines({ ranges }: Ranges, width: number): readonly (readonly Span[])[] {
  const columns = [{ title: '' }, { title: '', align: 'right' }, { title: '' }] as const;
  const rows = ranges.map((range) => [
    `0x${range.start.toString(16)}-0x${range.end.toString(16)}`,
    span(sizeText(range.end - range.start), 'dim'),
    range.text,
  ]);
  if (ranges.every(({ details }) => details === undefined)) {
    return tableLines({ kind: 'table', columns, rows }, width);
  }
  const wide = Math.max(...rows.map(([addresses]) => `${addresses}`.length));
  return ranges.flatMap((range, i) => {
    const [addresses = '', size = '', text = ''] = rows[i] ?? [];
    const padded = [`${addresses}`.padEnd(wide), size, text];
    return [
      ...tableLines({ kind: 'table', columns, rows: [padded] }, width),
      ...detailLines(range, width),
    ];
  });
}

const detailLines = (range: Range, width: number): readonly (readonly Span[])[] =>
  (range.details ?? []).flatMap((detail) =>
    wrap(spansOf(detail), width - DETAIL_INDENT).map((line) => [
      span(' '.repeat(DETAIL_INDENT), 'plain'),
      ...line,
    ]),
  );

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A number of bytes in the largest unit that divides it. */
export function sizeText(bytes: bigint): string {
  let [size, unit] = [bytes, 0];
  while (size !== 0n && size % 1024n === 0n && unit < UNITS.length - 1) {
    size /= 1024n;
    unit++;
  }
  return `${size} ${UNITS[unit]}`;
}

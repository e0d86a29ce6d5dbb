import type { Ranges, Span } from '../document.js';
import { span } from '../document.js';
import { tableLines } from './table.js';

/** Pieces of an address space: addresses, size and text. */
export function rangesLines({ ranges }: Ranges, width: number): readonly (readonly Span[])[] {
  const columns = [{ title: '' }, { title: '', align: 'right' }, { title: '' }] as const;
  const rows = ranges.map(({ start, end, text }) => [
    `0x${start.toString(16)}-0x${end.toString(16)}`,
    span(sizeText(end - start), 'dim'),
    text,
  ]);
  return tableLines({ kind: 'table', columns, rows }, width);
}

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

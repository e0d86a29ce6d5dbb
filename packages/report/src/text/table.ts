import type { Span, Table } from '../document.js';
import { spansOf, widthOf, wrap } from './spans.js';

/** Between columns; the narrow one for tables that would not fit otherwise. */
const GAPS = ['  ', ' '] as const;
/** Narrower than this, a column is not squeezed. */
const LEAST_WIDTH = 16;

type Cell = readonly Span[];

/**
 * A table as lines: columns as wide as their cells. What is too wide gets titles of several lines,
 * then its widest left-aligned column is squeezed, then the gaps shrink.
 */
export function tableLines(table: Table, width: number): readonly Cell[] {
  const cells = table.rows.map((row) => table.columns.map((_, i) => spansOf(row[i] ?? '')));
  const titles = table.columns.map(({ title }) => spansOf({ text: title, tone: 'dim' }));
  const headed = table.columns.some(({ title }) => title !== '');
  const layout = layoutOf(table, cells, titles, width);
  return [...(headed ? [titles] : []), ...cells].flatMap((row) => rowLines(table, row, layout));
}

interface Layout {
  readonly widths: readonly number[];
  readonly gap: string;
}

function layoutOf(
  table: Table,
  cells: readonly (readonly Cell[])[],
  titles: readonly Cell[],
  width: number,
): Layout {
  const columns = titles.map((title, i) => {
    const widest = cells.reduce((max, row) => Math.max(max, widthOf(row[i] ?? [])), 0);
    return { whole: Math.max(widest, widthOf(title)), narrow: Math.max(widest, wordWidth(title)) };
  });
  const whole = columns.map((column) => column.whole);
  const narrow = columns.map((column) => column.narrow);
  const layouts = GAPS.flatMap((gap) => {
    const room = width - gap.length * (columns.length - 1);
    return [whole, narrow, squeezed(table, narrow, room)].map((widths) => ({
      gap,
      widths,
      fits: sum(widths) <= room,
    }));
  });
  return layouts.find(({ fits }) => fits) ?? (layouts.at(-1) as Layout);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** Columns that the longest word of a title needs. */
const wordWidth = (title: Cell): number =>
  Math.max(...title.flatMap(({ text }) => text.split(' ').map((word) => [...word].length)));

function squeezed(table: Table, widths: readonly number[], room: number): readonly number[] {
  const squeezable = widths.map((w, i) => (table.columns[i]?.align === 'right' ? 0 : w));
  const most = Math.max(...squeezable);
  const widest = most === 0 ? undefined : squeezable.lastIndexOf(most);
  const tooMuch = sum(widths) - room;
  return widths.map((w, i) => (i === widest ? Math.max(Math.min(w, LEAST_WIDTH), w - tooMuch) : w));
}

function rowLines(table: Table, row: readonly Cell[], { widths, gap }: Layout): readonly Cell[] {
  const wrapped = row.map((cell, i) => wrap(cell, widths[i] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, y) => {
    const line: Span[] = [];
    wrapped.forEach((lines, i) => {
      const cell = lines[y] ?? [];
      const padding = {
        text: ' '.repeat((widths[i] ?? 0) - widthOf(cell)),
        tone: 'plain',
      } as const;
      const right = table.columns[i]?.align === 'right';
      const last = i === wrapped.length - 1;
      if (i > 0) line.push({ text: gap, tone: 'plain' });
      line.push(...(right ? [padding, ...cell] : last ? cell : [...cell, padding]));
    });
    return withoutTrailingSpace(line);
  });
}

function withoutTrailingSpace(line: Cell): Cell {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, end + 1)
    .map((part, i) => (i === end ? { text: part.text.trimEnd(), tone: part.tone } : part));
}

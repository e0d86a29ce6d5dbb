import type { Span, Table } from '../document.js';
import { spansOf, widthOf, wrap } from './spans.js';

const GAP = '  ';
/** Narrower than this, a column is not squeezed. */
const LEAST_WIDTH = 16;

/** A table as lines: columns as wide as their cells, the widest left-aligned one squeezed to fit. */
export function tableLines(table: Table, width: number): readonly (readonly Span[])[] {
  const cells = table.rows.map((row) => table.columns.map((_, i) => spansOf(row[i] ?? '')));
  const titles = table.columns.map(({ title }) => spansOf({ text: title, tone: 'dim' }));
  const widths = fit(
    table,
    titles.map((title, i) =>
      cells.reduce((max, row) => Math.max(max, widthOf(row[i] ?? [])), widthOf(title)),
    ),
    width,
  );
  const headed = table.columns.some(({ title }) => title !== '');
  return [...(headed ? [titles] : []), ...cells].flatMap((row) => rowLines(table, row, widths));
}

function fit(table: Table, natural: readonly number[], width: number): readonly number[] {
  const total = natural.reduce((sum, w) => sum + w, 0) + GAP.length * (natural.length - 1);
  if (total <= width) return natural;
  const squeezable = natural.map((w, i) => (table.columns[i]?.align === 'right' ? 0 : w));
  const widest = squeezable.lastIndexOf(Math.max(...squeezable));
  return natural.map((w, i) =>
    i === widest ? Math.max(Math.min(w, LEAST_WIDTH), w - (total - width)) : w,
  );
}

function rowLines(
  table: Table,
  row: readonly (readonly Span[])[],
  widths: readonly number[],
): readonly (readonly Span[])[] {
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
      if (i > 0) line.push({ text: GAP, tone: 'plain' });
      line.push(...(right ? [padding, ...cell] : last ? cell : [...cell, padding]));
    });
    return withoutTrailingSpace(line);
  });
}

function withoutTrailingSpace(line: readonly Span[]): readonly Span[] {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, end + 1)
    .map((part, i) => (i === end ? { text: part.text.trimEnd(), tone: part.tone } : part));
}

import type { Span, Text, Tone } from '../document.js';
import { escapeText } from '../escape.js';

/** A text as pieces, each safe to print. */
export function spansOf(text: Text): readonly Span[] {
  const list: readonly (string | Span)[] =
    typeof text === 'string' || !Array.isArray(text) ? [text as string | Span] : text;
  return list.map((part) =>
    typeof part === 'string'
      ? { text: escapeText(part), tone: 'plain' }
      : { text: escapeText(part.text), tone: part.tone },
  );
}

/** Number of terminal columns; every character counts one. */
export const widthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + [...text].length, 0);

/** Select Graphic Rendition codes (ECMA-48). */
const CODES: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  dim: '2',
  good: '32',
  warning: '33',
  problem: '31',
};

/** Pieces as one string, with colours or without. */
export function paint(spans: readonly Span[], color: boolean): string {
  return spans
    .map(({ text, tone }) =>
      color && tone !== 'plain' && text !== '' ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text,
    )
    .join('');
}

/**
 * Breaks pieces into lines of at most `width` columns, at spaces where there are any. Never answers
 * an empty list.
 */
export function wrap(spans: readonly Span[], width: number): readonly (readonly Span[])[] {
  if (widthOf(spans) <= width) return [trimmedEnd(spans)];
  const lines: Span[][] = [[]];
  let used = 0;
  const put = (text: string, tone: Tone): void => {
    lines.at(-1)?.push({ text, tone });
    used += [...text].length;
  };
  const breakLine = (): void => {
    lines.push([]);
    used = 0;
  };
  for (const { text, tone } of spans) {
    for (const word of text.split(/(?<= )/)) {
      const chars = [...word];
      const visible = [...word.trimEnd()].length;
      if (used > 0 && used + visible > width) breakLine();
      let from = 0;
      for (; visible - from > width; from += width) {
        put(chars.slice(from, from + width).join(''), tone);
        breakLine();
      }
      const rest = chars.slice(from).join('');
      if (used > 0 || /[^ ]/.test(rest)) put(rest, tone);
    }
  }
  return lines.map(trimmedEnd);
}

function trimmedEnd(line: readonly Span[]): readonly Span[] {
  const last = line.at(-1);
  return last === undefined
    ? line
    : [...line.slice(0, -1), { text: last.text.trimEnd(), tone: last.tone }];
}

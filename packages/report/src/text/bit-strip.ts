import type { BitStrip, Span, StripField, Text } from '../document.js';
import { span } from '../document.js';
import { tableLines } from './table.js';

/** Bits shown in one group. */
const GROUP = 16;

/** A word as binary digits in groups under their bit numbers, then a row for each field. */
export function bitStripLines(strip: BitStrip, width: number): readonly (readonly Span[])[] {
  const rows = [...strip.fields]
    .sort((a, b) => b.low - a.low || b.width - a.width)
    .map((field) => fieldRow(field));
  const columns = [
    { title: 'bits', align: 'right' },
    { title: 'name' },
    { title: 'value', align: 'right' },
    { title: 'meaning' },
  ] as const;
  if (rows.length === 0) return digitLines(strip);
  return [...digitLines(strip), [], ...tableLines({ kind: 'table', columns, rows }, width)];
}

function fieldRow({ name, low, width, value, meaning }: StripField): readonly Text[] {
  const place = width === 1 ? `${low}` : `${low + width - 1}:${low}`;
  const tone = value === 0n ? 'dim' : 'plain';
  const shown = width === 1 ? `${value}` : `0x${value.toString(16)}`;
  const strong = value === 0n ? 'dim' : 'strong';
  return [span(place, tone), span(name, strong), span(shown, tone), span(meaning, tone)];
}

function digitLines({ word, wordBits }: BitStrip): readonly (readonly Span[])[] {
  const digits = word.toString(2).padStart(wordBits, '0');
  const heads: string[] = [];
  const groups: string[] = [];
  for (let at = 0; at < wordBits; at += GROUP) {
    const [high, low] = [wordBits - 1 - at, wordBits - GROUP - at];
    heads.push(`${high}`.padEnd(GROUP - `${low}`.length) + low);
    groups.push(digits.slice(at, at + GROUP));
  }
  return [[span(heads.join(' '), 'dim')], [span(groups.join(' '), 'strong')]];
}

import type { Block, Document, Span, Text, Tone } from '../document.js';
import { span } from '../document.js';
import { bitStripLines } from './bit-strip.js';
import { rangesLines } from './ranges.js';
import { paint, spansOf, wrap } from './spans.js';
import { tableLines } from './table.js';

/** How text is to look. */
export interface TextStyle {
  /** Escape codes for tones; without, nothing but printable characters and line breaks comes out. */
  readonly color: boolean;
  /** Columns that a line should keep to; tables of many columns may need more. */
  readonly width: number;
}

type Line = readonly Span[];
const INDENT = 2;
/** Narrower than this, lines are not made. */
const LEAST_WIDTH = 40;

/**
 * The document as text for people, ending in a line break. Control characters in any text of the
 * document come out escaped, whatever their origin.
 */
export function renderText(document: Document, { color, width }: TextStyle): string {
  const room = Math.max(width, LEAST_WIDTH);
  const title = document.title === undefined ? [] : [headingLines(document.title, room)];
  const parts = [...title, ...blockParts(document.blocks, room)];
  return `${joined(parts)
    .map((line) => paint(line, color))
    .join('\n')}\n`;
}

const headingLines = (title: Text, width: number): readonly Line[] =>
  wrap(inTone(title, 'strong'), width);

/** A text whose plain pieces take on a tone. */
const inTone = (text: Text, tone: Tone): Line =>
  spansOf(text).map((part) => (part.tone === 'plain' ? span(part.text, tone) : part));

/** Parts with an empty line between each two. */
const joined = (parts: readonly (readonly Line[])[]): Line[] =>
  parts.flatMap((part, i) => (i === 0 ? part : [[], ...part]));

const blockParts = (blocks: readonly Block[], width: number): (readonly Line[])[] =>
  blocks.map((block) => blockLines(block, width)).filter((lines) => lines.length > 0);

function blockLines(block: Block, width: number): readonly Line[] {
  switch (block.kind) {
    case 'section': {
      const inside = joined(blockParts(block.blocks, width - INDENT));
      return [...headingLines(block.title, width), ...inside.map(indented)];
    }
    case 'paragraph':
      return wrap(spansOf(block.text), width);
    case 'verbatim':
      return block.lines.map(spansOf);
    case 'note':
      return wrap(inTone(block.text, block.tone), width);
    case 'key-values':
      return tableLines(
        {
          kind: 'table',
          columns: [{ title: '' }, { title: '' }],
          rows: block.pairs.map(([key, value]) => [span(key, 'dim'), value]),
        },
        width,
      );
    case 'table':
      return tableLines(block, width);
    case 'bit-strip':
      return bitStripLines(block, width);
    case 'ranges':
      return rangesLines(block, width);
  }
}

const indented = (line: Line): Line =>
  line.length === 0 ? line : [span(' '.repeat(INDENT), 'plain'), ...line];

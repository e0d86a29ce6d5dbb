import type { LogPlace } from '../incident.js';
import { prefixLength } from './prefix.js';

/** A line as it came, and its number from 1. */
export interface RawLine {
  readonly number: number;
  readonly text: string;
}

/** What stands behind the words: a note that a test harness prints in the middle, or a stamp. */
const HARNESS = /(?:<\d>)?\[\s*\d+\.\d+\] <LAVA_[^>\n]*>\s*$/;
const STAMP_BEHIND = /\s\[\s*\d{1,9}\.\d{6}\]\s*$/;
/** Colours and other commands for a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const COMMANDS = /\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|[()][0-9A-Z]|[=>78cDEHM])/g;

/** A piece of a line, and the column from 0 where it begins. */
interface Piece {
  readonly column: number;
  readonly text: string;
}

/**
 * Lines of a log without what stands around the kernel's words: no stamps, no colours, no blank
 * lines, none twice, none with a harness's note in the middle. Joined by line feeds, so that what
 * mail has wrapped can be read over the break; every offset leads back to its line and column.
 */
export class MendedText {
  readonly text: string;
  private readonly starts: number[] = [];
  private readonly places: LogPlace[] = [];

  constructor(lines: readonly RawLine[]) {
    let text = '';
    let before = '';
    let joins = false;
    for (const { number, text: raw } of lines) {
      const pieces = withoutCommands(raw);
      const plain = pieces.map((piece) => piece.text).join('');
      const skipped = prefixLength(plain);
      const note = HARNESS.exec(plain);
      const words = plain.slice(skipped, (note ?? STAMP_BEHIND.exec(plain))?.index).trimEnd();
      if (words === '' || (words === before && !joins)) continue;
      before = words;
      if (text !== '' && !joins) text += '\n';
      this.note(number, pieces, skipped, text.length);
      text += words;
      joins = note !== null;
    }
    this.text = text;
  }

  /** Where an offset into the text lies in the log. */
  place(offset: number): LogPlace {
    let low = 0;
    for (let high = this.starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    const { line, column } = this.places[low] ?? { line: 1, column: 1 };
    return { line, column: column + offset - (this.starts[low] ?? 0) };
  }

  /** Offset behind a number of lines from an offset on. */
  behind(offset: number, lines: number): number {
    let at = offset;
    for (let i = 0; i < lines; i++) {
      const feed = this.text.indexOf('\n', at);
      if (feed < 0) return this.text.length;
      at = feed + 1;
    }
    return at;
  }

  /** Remembers where the pieces of a line come to lie in the text. */
  private note(line: number, pieces: readonly Piece[], skipped: number, start: number): void {
    let passed = 0;
    for (const { column, text } of pieces) {
      const inside = Math.max(0, skipped - passed);
      if (inside < text.length) {
        this.starts.push(start + passed + inside - skipped);
        this.places.push({ line, column: column + inside + 1 });
      }
      passed += text.length;
    }
  }
}

/** A line in pieces, what is between them left out. */
function withoutCommands(raw: string): readonly Piece[] {
  if (!raw.includes('\x1b')) return [{ column: 0, text: raw }];
  const pieces: Piece[] = [];
  let column = 0;
  for (const { index, 0: command } of raw.matchAll(COMMANDS)) {
    if (index > column) pieces.push({ column, text: raw.slice(column, index) });
    column = index + command.length;
  }
  pieces.push({ column, text: raw.slice(column) });
  return pieces;
}

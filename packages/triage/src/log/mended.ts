import type { LogPlace } from '../incident.js';
import { prefixLength } from './prefix.js';

/** A line as it came, and its number from 1. */
export interface RawLine {
  readonly number: number;
  readonly text: string;
}

/** A note that a test harness prints into the middle of what the kernel says. */
const HARNESS = /(?:<\d>)?\[\s*\d+\.\d+\] <LAVA_[^>\n]*>\s*$/;

/**
 * Lines of a log without what stands around the kernel's words: no stamps, no blank lines, none twice,
 * none with a harness's note in the middle. Joined by line feeds, so that what mail has wrapped can be
 * read over the break; every offset leads back to its line and column.
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
      const skipped = prefixLength(raw);
      const note = HARNESS.exec(raw);
      const words = raw.slice(skipped, note?.index).trimEnd();
      if (words === '' || (words === before && !joins)) continue;
      before = words;
      if (text !== '' && !joins) text += '\n';
      this.starts.push(text.length);
      this.places.push({ line: number, column: skipped + 1 });
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
}

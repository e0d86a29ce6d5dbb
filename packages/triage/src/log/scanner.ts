import type { RawLine } from './mended.js';

/**
 * Words of which each report holds one, so that text without any is passed over quickly: every
 * pattern in `read/kinds.ts` needs one of them. Last what a kernel says of itself at boot.
 */
const TRIGGERS =
  /ad page\b|Bad (?:rss-counter|swap |pte = )|Unused swap |on freeing mm\b| bad p(?:[gum4]d|te) |Corrupted page table|mm\/(?:rmap|page_table_check)\.c|VM_(?:BUG|WARN)|WARNING: |Eeek! page_map|PGD |\*pdp?[et] = |pgd=|AS:0|\(XEN\) |Linux version \d/g;
const BOOT = /Linux version \d/;

/** Lines around a trigger that may belong to its report. */
const LINES_BEFORE = 40;
const LINES_AFTER = 120;
/** Longest line that is kept whole, in characters: a console's are far shorter. */
const LONGEST_LINE = 1 << 14;
/** Longest segment, in lines and in characters: a log of nothing but reports is read in such pieces. */
const MOST_LINES = 4000;
const MOST_CHARACTERS = 1 << 19;

const FEED = 10;

/** What is found in a log, in its order. */
export interface Found {
  /** Lines in which reports may stand, with some before and behind them. */
  segment(lines: readonly RawLine[]): void;
  /** A kernel says what it is; inside of a segment its line is one of the segment's instead. */
  boot(line: RawLine): void;
}

/** A line in which a kernel says at boot what it is. */
export const isBoot = ({ text }: RawLine): boolean => BOOT.test(text);

/**
 * Finds the parts of a log that need reading. Bytes come in pieces of any size; what is kept is a
 * line that is not at its end yet, a few lines of context, and the segment that is being gathered.
 */
export class LogScanner {
  private readonly decoder = new TextDecoder();
  private rest = new Uint8Array(0);
  /** What follows until the next line feed belongs to a line that was too long. */
  private cut = false;
  /** Number of the last line that was passed. */
  private passed = 0;
  private context: RawLine[] = [];
  private gathered: RawLine[] = [];
  private characters = 0;
  /** Lines that the segment still takes. */
  private open = 0;

  constructor(private readonly found: Found) {}

  /** Lines that were read. */
  get lines(): number {
    return this.passed;
  }

  /** The next bytes. */
  write(bytes: Uint8Array): void {
    const start = this.cut ? bytes.indexOf(FEED) + 1 : 0;
    if (this.cut && start === 0) return;
    this.cut = false;
    const end = bytes.lastIndexOf(FEED) + 1;
    if (end > start) {
      this.pass(this.decoder.decode(joined(this.rest, bytes.subarray(start, end))));
      this.rest = bytes.slice(end);
    } else this.rest = joined(this.rest, bytes.subarray(start));
    // The end of a line longer than any is left out, so that a file without line feeds takes no memory.
    if (this.rest.length <= LONGEST_LINE) return;
    this.pass(this.decoder.decode(this.rest));
    this.rest = new Uint8Array(0);
    this.cut = true;
  }

  /** There are no more. */
  end(): void {
    if (this.rest.length > 0) this.pass(this.decoder.decode(this.rest));
    this.rest = new Uint8Array(0);
    this.close();
  }

  private pass(text: string): void {
    TRIGGERS.lastIndex = 0;
    let hit = TRIGGERS.exec(text)?.index;
    if (hit === undefined && this.open === 0) {
      this.skip(text);
      return;
    }
    for (let at = 0; at < text.length; ) {
      const feed = text.indexOf('\n', at);
      const end = feed < 0 ? text.length : feed;
      const line = {
        number: ++this.passed,
        text: text.slice(at, Math.min(end, at + LONGEST_LINE)),
      };
      const triggered = hit !== undefined && hit < end;
      if (triggered) {
        TRIGGERS.lastIndex = end;
        hit = TRIGGERS.exec(text)?.index;
      }
      this.gather(line, triggered);
      at = end + 1;
    }
  }

  private gather(line: RawLine, triggered: boolean): void {
    const boots = triggered && isBoot(line);
    if (boots && this.open === 0) this.found.boot(line);
    else if (triggered && !boots) {
      if (this.open === 0) for (const each of this.context) this.keep(each);
      this.context = [];
      this.open = LINES_AFTER;
    }
    if (this.open === 0) {
      this.context.push(line);
      if (this.context.length > LINES_BEFORE) this.context.shift();
      return;
    }
    this.keep(line);
    if (!triggered) this.open--;
    const full = this.gathered.length >= MOST_LINES || this.characters >= MOST_CHARACTERS;
    if (this.open === 0 || full) this.close();
  }

  private keep(line: RawLine): void {
    this.gathered.push(line);
    this.characters += line.text.length;
  }

  /** Passes text without triggers: its lines are counted, and the last are remembered. */
  private skip(text: string): void {
    let count = text.endsWith('\n') ? 0 : 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
    const lines = lastLines(text);
    this.passed += count;
    const first = this.passed - lines.length + 1;
    const kept = lines.map((each, i) => ({ number: first + i, text: each.slice(0, LONGEST_LINE) }));
    this.context = [...this.context, ...kept].slice(-LINES_BEFORE);
  }

  private close(): void {
    if (this.gathered.length > 0) this.found.segment(this.gathered);
    this.gathered = [];
    this.characters = 0;
    this.open = 0;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The last lines of a text, as many as context takes. */
function lastLines(text: string): readonly string[] {
  let from = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let i = 0; i < LINES_BEFORE && from > 0; i++) from = text.lastIndexOf('\n', from - 1);
  const lines = text.slice(from + 1).split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

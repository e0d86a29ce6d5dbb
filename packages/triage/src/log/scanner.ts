import type { RawLine } from './mended.js';

/**
 * Words of which each report holds one, so that text without any is passed over quickly. Every
 * pattern in `read/kinds.ts` has one of them.
 */
export const TRIGGERS: readonly string[] = [
  'Bad page map',
  'Bad page state',
  'Bad rss-counter',
  'on freeing mm: ',
  'Bad swap ',
  'Unused swap ',
  ': bad p',
  'Corrupted page table',
  'mm/page_table_check.c',
  'VM_BUG',
  'VM_WARN',
  'WARNING: ',
  'Eeek! page_mapcount',
  'mm/rmap.c',
  'PGD ',
  '*pde = ',
  '*pdpt = ',
  'pgd=',
  'AS:0',
  '(XEN) ',
];
/** What a kernel says of itself at boot. */
const BOOT = 'Linux version ';

/** Lines around a trigger that may belong to its report. */
const LINES_BEFORE = 40;
const LINES_AFTER = 120;
/** Longest line that is kept whole: a console's are far shorter. */
const LONGEST_LINE = 1 << 14;
/** Longest piece that is read at once: a log of nothing but reports is read in such pieces. */
const LONGEST_SEGMENT = 4000;

/** Lines in which reports may stand, and what the kernel had said at boot before them. */
export interface Segment {
  readonly lines: readonly RawLine[];
  readonly boot: RawLine | undefined;
}

/**
 * Finds the parts of a log that need reading. Bytes come in pieces of any size; what is kept is a
 * line that is not at its end yet, a few lines of context, and the segment that is being gathered.
 */
export class LogScanner {
  private readonly decoder = new TextDecoder();
  private rest = '';
  /** Number of the last line that was passed. */
  private passed = 0;
  private context: RawLine[] = [];
  private gathered: RawLine[] = [];
  /** Lines that the segment still takes. */
  private open = 0;
  private boot: RawLine | undefined;

  constructor(private readonly found: (segment: Segment) => void) {}

  /** Lines that were read. */
  get lines(): number {
    return this.passed;
  }

  /** The next bytes. */
  write(bytes: Uint8Array): void {
    this.take(this.decoder.decode(bytes, { stream: true }), false);
  }

  /** There are no more. */
  end(): void {
    this.take(this.decoder.decode(), true);
    this.close();
  }

  private take(piece: string, last: boolean): void {
    const text = this.rest + piece;
    let end = last ? text.length : text.lastIndexOf('\n') + 1;
    // A line longer than any is cut here, so that a file without line feeds takes no memory.
    if (!last && text.length - end > LONGEST_LINE) end = text.length;
    this.rest = text.slice(end);
    if (end > 0) this.pass(text.slice(0, end));
  }

  private pass(text: string): void {
    const hits = hitsOf(text);
    if (hits.length === 0 && this.open === 0) {
      this.skip(text);
      return;
    }
    let hit = 0;
    for (let at = 0; at < text.length; ) {
      const feed = text.indexOf('\n', at);
      const end = feed < 0 ? text.length : feed;
      const line = {
        number: ++this.passed,
        text: text.slice(at, Math.min(end, at + LONGEST_LINE)),
      };
      let triggered = false;
      for (; hit < hits.length && (hits[hit] as number) < end; hit++) triggered = true;
      if (triggered) this.noteBoot(line);
      this.gather(line, triggered && line !== this.boot);
      at = end + 1;
    }
  }

  private noteBoot(line: RawLine): void {
    if (line.text.includes(BOOT) && !TRIGGERS.some((word) => line.text.includes(word))) {
      this.boot = line;
    }
  }

  private gather(line: RawLine, triggered: boolean): void {
    if (triggered) {
      if (this.open === 0) this.gathered.push(...this.context);
      this.context = [];
      this.open = LINES_AFTER;
    }
    if (this.open === 0) {
      this.context.push(line);
      if (this.context.length > LINES_BEFORE) this.context.shift();
      return;
    }
    this.gathered.push(line);
    if (!triggered) this.open--;
    if (this.open === 0 || this.gathered.length >= LONGEST_SEGMENT) this.close();
  }

  /** Passes text without triggers: its lines are counted, and the last are remembered. */
  private skip(text: string): void {
    let count = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
    if (!text.endsWith('\n')) count++;
    const lines = lastLines(text);
    this.passed += count;
    const first = this.passed - lines.length + 1;
    const kept = lines.map((each, i) => ({ number: first + i, text: each.slice(0, LONGEST_LINE) }));
    this.context = [...this.context, ...kept].slice(-LINES_BEFORE);
  }

  private close(): void {
    if (this.gathered.length > 0) this.found({ lines: this.gathered, boot: this.boot });
    this.gathered = [];
    this.open = 0;
  }
}

/** Offsets of triggers in a text, in order. */
function hitsOf(text: string): readonly number[] {
  const hits: number[] = [];
  for (const word of [...TRIGGERS, BOOT]) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) hits.push(at);
  }
  return hits.sort((a, b) => a - b);
}

/** The last lines of a text, as many as context takes. */
function lastLines(text: string): readonly string[] {
  let from = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let i = 0; i < LINES_BEFORE && from > 0; i++) from = text.lastIndexOf('\n', from - 1);
  const lines = text.slice(from + 1).split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

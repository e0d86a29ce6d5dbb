import type { LogReport } from '../incident.js';
import type { MendedText } from '../log/mended.js';
import { Region } from '../log/region.js';
import { KINDS, type KindOfReport } from './kinds.js';
import { readPage } from './page.js';
import { readSigns } from './signs.js';
import { readStack } from './stack.js';

interface Head {
  readonly kind: KindOfReport;
  readonly match: RegExpExecArray;
}

/** Lines before a report that can belong to it: a page that was dumped before the sentence why. */
const LINES_BEFORE = 24;
/** Lines behind a report that may tell of the same trouble. */
const LINES_BEHIND = 12;

/** All reports in a piece of a log, in order; fields as they are printed, nothing concluded. */
export function readReports(log: MendedText): readonly LogReport[] {
  const heads = findHeads(log);
  return heads.map((head, i) => readReport(log, head, heads[i + 1]?.match.index, heads[i - 1]));
}

function findHeads({ text }: MendedText): readonly Head[] {
  const all: Head[] = [];
  for (const kind of KINDS) {
    kind.head.lastIndex = 0;
    for (let match = kind.head.exec(text); match !== null; match = kind.head.exec(text)) {
      all.push({ kind, match });
    }
  }
  all.sort((a, b) => a.match.index - b.match.index);
  return all.filter((head, i) => head.kind.weak !== true || !isHeld(text, all, i));
}

/** Characters beyond which a report has no lines of its own. */
const FARTHEST = 8000;

/** An earlier report has the head's lines as its own: the path of a corrupted table, say. */
function isHeld(text: string, heads: readonly Head[], place: number): boolean {
  const { kind, match } = heads[place] as Head;
  let lines = 1;
  let from = match.index;
  for (let i = place - 1; i >= 0; i--) {
    const earlier = heads[i] as Head;
    const { index } = earlier.match;
    if (match.index - index >= FARTHEST) return false;
    lines += text.slice(index, from).split('\n').length - 1;
    from = index;
    const mayHold = earlier.kind.weak !== true || earlier.kind === kind;
    if (mayHold && lines <= earlier.kind.reach) return true;
  }
  return false;
}

function readReport(
  log: MendedText,
  { kind, match }: Head,
  next: number | undefined,
  before: Head | undefined,
): LogReport {
  const start = match.index;
  const reach = log.behind(log.behind(start + match[0].length, 1), kind.reach);
  // The next head may stand behind a "BUG: " of its own line.
  const nextLine = next === undefined ? reach : log.text.lastIndexOf('\n', next) + 1;
  const end = Math.max(start + match[0].length, Math.min(reach, nextLine));
  const region = new Region(log, start, end);
  kind.head.lastIndex = 0;
  const head = kind.head.exec(region.text) ?? match;
  const details = kind.read(region, head);
  const page = details.page ?? pageBefore(log, kind, start, before);
  return {
    kind: kind.kind(match),
    lines: [log.place(start).line, log.place(Math.max(start, end - 2)).line],
    entries: [],
    swap: [],
    counters: [],
    ...details,
    ...(page === undefined ? {} : { page }),
    stack: readStack(region.text),
    repeats: [],
    signs: readSigns(around(log, start, end)),
  };
}

/** The page that stands before its own reason: VM_BUG_ON_PAGE() and warnings with a page. */
function pageBefore(log: MendedText, kind: KindOfReport, start: number, before: Head | undefined) {
  if (kind.reach === 0 || kind.weak === true) return undefined;
  let from = start;
  for (let i = 0; i < LINES_BEFORE && from > 0; i++)
    from = log.text.lastIndexOf('\n', from - 2) + 1;
  from = Math.max(from, before === undefined ? 0 : before.match.index + before.match[0].length);
  return from < start ? readPage(new Region(log, from, log.behind(start, 1))) : undefined;
}

/** A report and the lines around it, in which other messages tell of its reasons. */
function around(log: MendedText, start: number, end: number): Region {
  let from = start;
  for (let i = 0; i < LINES_BEFORE && from > 0; i++)
    from = log.text.lastIndexOf('\n', from - 2) + 1;
  return new Region(log, from, log.behind(end, LINES_BEHIND));
}

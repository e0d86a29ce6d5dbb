import {
  type EntryForm,
  fail,
  hex,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  type Result,
  type Span,
  walkEntries,
} from '@pagewright/core';
import type { WalkHead } from '../outputs/walk.js';
import type { Answer } from '../verb.js';
import { type RangeData, rangesOf } from './range-data.js';
import { rangeLines } from './range-lines.js';

/** More ranges than anybody reads; the walk of hostile tables stops here. */
const MOST_RANGES = 50_000;

/** Problems that only tables which are reached again and again cause. */
const LOOPS = new Set(['table-loop', 'too-many-tables']);

/** The ranges of a span. The head is what both kinds of walk say first. */
export function walkSpan(
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
  asked: Span,
  head: WalkHead,
): Result<Answer> {
  const walked = walkEntries(form, memory, root, asked);
  if (!walked.ok) return walked;
  const found: RangeData[] = [];
  let all = true;
  for (const range of rangesOf(form, walked.value)) {
    all = found.length < MOST_RANGES;
    if (!all) break;
    found.push(range);
  }
  const span = { start: hex(asked.start), end: hex(asked.end) };
  const bad = found.filter(({ kind, problem }) => kind === 'invalid' || problem !== null).length;
  const answer: Answer = {
    document: {
      title: `${span.start}-${span.end} range by range`,
      blocks: [
        {
          kind: 'ranges',
          ranges: rangeLines(found),
        },
        { kind: 'paragraph', text: totals(found, bad) },
      ],
      data: { ...head, at: null, span, steps: [], end: null, ranges: found },
    },
    exitCode: bad > 0 ? 1 : 0,
  };
  // Tables that cannot be a process's: what was found is printed, and the walk counts as not done.
  const loop = found.find(({ problem }) => problem !== null && LOOPS.has(problem.code))?.problem;
  if (loop) return ok({ ...answer, problem: fail(loop.code, loop.message).problem });
  if (all) return ok(answer);
  const message = `more than ${MOST_RANGES} ranges; ask for a smaller span`;
  return ok({ ...answer, problem: fail('too-many-ranges', message).problem });
}

function totals(found: readonly RangeData[], bad: number): string {
  const sum = (kind: RangeData['kind']) =>
    found.filter((range) => range.kind === kind).reduce((n, { entries }) => n + entries, 0);
  const number = (count: number, one: string, more: string) =>
    `${count} ${count === 1 ? one : more}`;
  const counts = [
    number(found.length, 'range', 'ranges'),
    number(sum('leaf'), 'entry maps memory', 'entries map memory'),
  ];
  const absent = sum('absent');
  if (absent > 0) counts.push(number(absent, 'is absent', 'are absent'));
  if (bad > 0) counts.push(number(bad, 'range cannot be used', 'ranges cannot be used'));
  return `${counts.join(', ')}.`;
}

import { hex, ok } from '@pagewright/core';
import {
  areaRanges,
  type Judge,
  type JudgedEntry,
  judgedEntries,
  type MappedArea,
  type WalkContext,
} from '@pagewright/inspect';
import type { InspectLine } from '../outputs/inspect.js';
import { type JudgedData, judgedData } from './entry-data.js';
import { contextOf, filledEntries, rangesData, type Totals } from './process-data.js';
import type { FoundProcess } from './processes.js';

/**
 * One object a range, or an entry, over all processes, in memory one at a time. What cannot be walked
 * is an object with a `problem`.
 */
export function* linesOf(
  judge: Judge,
  processes: Iterable<FoundProcess>,
  withEntries: boolean,
  totals: Totals,
): Generator<InspectLine> {
  for (const process of processes) {
    const { pid } = process.task;
    const context = contextOf(judge, process);
    const problem = context.ok ? process.problem : context.problem;
    if (problem !== undefined) {
      totals.broken++;
      yield { pid, problem: problem.message };
    }
    if (!context.ok || context.value === undefined) continue;
    for (const area of process.areas) {
      const vma = hex(area.start);
      const parts = withEntries
        ? entriesData(context.value, area, totals)
        : rangesOf(context.value, area, totals);
      if (!parts.ok) yield { pid, vma, problem: parts.problem.message };
      else for (const part of parts.value) yield { pid, vma, ...part };
    }
  }
}

function rangesOf(context: WalkContext, area: MappedArea, totals: Totals) {
  const ranges = areaRanges(context, area);
  return ranges.ok ? ok(rangesData(context, ranges.value, totals)) : ranges;
}

function entriesData(context: WalkContext, area: MappedArea, totals: Totals) {
  const entries = judgedEntries(context, area);
  return entries.ok ? ok(filledData(context, filledEntries(entries.value, totals))) : entries;
}

function* filledData({ form }: WalkContext, entries: Iterable<JudgedEntry>): Generator<JudgedData> {
  for (const entry of entries) yield judgedData(form, entry);
}

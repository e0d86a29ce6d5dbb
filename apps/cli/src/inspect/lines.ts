import { hex } from '@pagewright/core';
import { type Judge, judgedEntries } from '@pagewright/inspect';
import type { JsonObject } from '@pagewright/report';
import { judgedData } from './entry-data.js';
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
): Generator<JsonObject> {
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
      const walked = judgedEntries(context.value, area);
      if (!walked.ok) {
        yield { pid, vma, problem: walked.problem.message };
        continue;
      }
      const filled = filledEntries(walked.value, totals);
      if (!withEntries) {
        for (const range of rangesData(context.value, filled)) yield { pid, vma, ...range };
        continue;
      }
      for (const entry of filled) yield { pid, vma, ...judgedData(context.value.form, entry) };
    }
  }
}

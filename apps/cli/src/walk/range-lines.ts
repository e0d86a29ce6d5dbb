import type { Range, Text } from '@pagewright/report';
import { rangeText } from './entry-text.js';
import type { RangeData } from './range-data.js';

/**
 * Ranges as lines for people: entries that follow each other with one and the same word (the shared
 * zeropage) share a line, although their frames do not count on.
 */
export function rangeLines(found: readonly RangeData[]): readonly Range[] {
  const runs: RangeData[][] = [];
  for (const range of found) {
    const run = runs.at(-1);
    if (run !== undefined && repeats(run[0] as RangeData, range)) run.push(range);
    else runs.push([range]);
  }
  return runs.map((run) => {
    const [first, last] = [run[0] as RangeData, run.at(-1) as RangeData];
    return { start: BigInt(first.start), end: BigInt(last.end), text: runText(first, run.length) };
  });
}

const repeats = (first: RangeData, next: RangeData): boolean =>
  first.entries === 1 &&
  next.entries === 1 &&
  next.raw === first.raw &&
  next.level === first.level &&
  first.problem === null &&
  next.problem === null;

function runText(first: RangeData, count: number): Text {
  const said = rangeText(first);
  if (count === 1) return said;
  return [`${count} times `, ...(Array.isArray(said) ? said : [said])];
}

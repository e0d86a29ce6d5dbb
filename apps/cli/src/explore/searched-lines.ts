import {
  type Bound,
  type EndsCount,
  litmusLine,
  litmusOf,
  type SearchResult,
} from '@pagewright/explore';
import { INVARIANTS } from '@pagewright/mm';
import type { Searched, Way } from './search.js';
import { wayLines } from './way-lines.js';

/** What a search found, as text. */
export function searchedLines(searched: Searched): string[] {
  const { bound, result, ways, ends, checkpoint } = searched;
  return [
    verdict(result),
    ...(checkpoint === undefined ? [] : [`(--resume ${checkpoint} goes on from here)`]),
    ...result.sometimes.map(reachedLine),
    ...(ends === undefined ? [] : endsLines(ends)),
    ...ways.flatMap((way) => ['', ...foundLines(bound, way)]),
  ];
}

/** What is broken, the way to it, and its token. */
export const foundLines = (bound: Bound, way: Way): string[] => [
  ...wayHead(way),
  ...wayLines(bound, way.steps),
  `  token: ${way.token}`,
];

/** One line: that all holds is said of a finished search alone. */
export function verdict(result: SearchResult): string {
  const { finished, stoppedBy, capacity, states, transitions, depth, violations } = result;
  const counts = `${states} states, ${transitions} transitions, depth ${depth}`;
  if (violations.length > 0) return `violated (${counts})`;
  if (finished) return `holds (${counts})`;
  const room = capacity === undefined ? '' : `, no room for another ${capacity}`;
  return `no violation in ${states} states up to depth ${depth}; stopped by ${stoppedBy}${room}`;
}

/** Ways by their ends, as litmus tests tell them. */
const endsLines = ({ ways, conditions }: EndsCount): string[] =>
  conditions.map(({ id, ways: count }) => litmusLine(litmusOf(id, count, ways)));

const reachedLine = ({ id, length }: SearchResult['sometimes'][number]): string =>
  length === null ? `not reached: ${id}` : `reached after ${actions(length)}: ${id}`;

const actions = (count: number): string => (count === 1 ? '1 action' : `${count} actions`);

const wayHead = ({ ids, steps }: Way): string[] => [
  `After ${actions(steps.length)}:`,
  ...ids.map((id) => {
    const sentence = INVARIANTS.find((each) => each.id === id)?.sentence;
    return sentence === undefined ? `  ${id}` : `  ${id} is broken: ${sentence}`;
  }),
];

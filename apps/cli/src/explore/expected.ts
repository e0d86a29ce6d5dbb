import type { Kernel } from '@pagewright/core';
import type { BoundFile, OutcomeFile, SearchResult } from '@pagewright/explore';
import { selects } from '@pagewright/scenario/parts';

/** What a bound expects on a kernel: the first selector that means it decides. */
export const expectedOn = ({ expect = {} }: BoundFile, kernel: Kernel): OutcomeFile | undefined =>
  Object.entries(expect).find(([selector]) => selects(selector, kernel))?.[1];

/** What of a result is not as expected, a sentence each. */
export function disappointments(result: SearchResult, expected: OutcomeFile): string[] {
  if (expected === 'holds') return disappointments(result, { result: 'holds' });
  const wrong = outcomeMistakes(result, expected);
  const compare = (what: string, wanted: number | undefined, found: number): void => {
    if (wanted !== undefined && wanted !== found) {
      wrong.push(`${what}: expected ${wanted}, found ${found}`);
    }
  };
  compare('states', expected.states, result.states);
  compare('transitions', expected.transitions, result.transitions);
  compare('depth', expected.depth, result.depth);
  if (result.finished) {
    const wanted = new Set(expected.unreached ?? []);
    for (const { id, length } of result.sometimes) {
      if (length === null && !wanted.has(id)) wrong.push(`"${id}" is not reached`);
      if (length !== null && wanted.has(id)) wrong.push(`"${id}" is reached`);
    }
  }
  return wrong;
}

function outcomeMistakes(
  { finished, stoppedBy, violations }: SearchResult,
  expected: Exclude<OutcomeFile, string>,
): string[] {
  const found = violations.map(({ id }) => id);
  const instead =
    found.length > 0
      ? `${found.join(', ')} after ${violations[0]?.actions.length}`
      : finished
        ? 'holds'
        : `stopped by ${stoppedBy}`;
  if ('violated' in expected) {
    const missing = [expected.violated].flat().filter((id) => !found.includes(id));
    if (missing.length > 0) return [`expected ${missing.join(', ')}, found: ${instead}`];
    const length = violations[0]?.actions.length ?? 0;
    if (expected.length === undefined || expected.length === length) return [];
    return [`length: expected ${expected.length}, found ${length}`];
  }
  if ('stopped' in expected) {
    const isSo = found.length === 0 && stoppedBy === expected.stopped;
    return isSo ? [] : [`expected a stop by ${expected.stopped}, found: ${instead}`];
  }
  return finished ? [] : [`expected: holds, found: ${instead}`];
}

import type { Block } from '@pagewright/report';
import { firstDifference, type ScenarioRun, sidesOf, told } from '@pagewright/scenario';

/** Names of two runs, as headings of columns. */
export type Titles = readonly [string, string];

/** Two runs: steps that went alike, then the first that did not. */
export function diffBlocks(
  one: ScenarioRun,
  other: ScenarioRun,
  titles: Titles = [one.kernel, other.kernel],
): Block[] {
  const first = firstDifference(one, other);
  const same = one.steps.slice(0, first).flatMap(told);
  const before: Block[] = same.length === 0 ? [] : [{ kind: 'verbatim', lines: same }];
  if (first === undefined) {
    const text = `${titles.join(' and ')} do the same in all ${one.steps.length} steps`;
    return [...before, { kind: 'paragraph', text }];
  }
  return [...before, sideBySide(one, other, titles)];
}

/** The first step that went differently, as each run told it. */
export function sideBySide(one: ScenarioRun, other: ScenarioRun, titles: Titles): Block {
  const { before, after } = sidesOf(one, other);
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => [
    before[i] ?? '',
    after[i] ?? '',
  ]);
  return { kind: 'table', columns: titles.map((title) => ({ title })), rows };
}

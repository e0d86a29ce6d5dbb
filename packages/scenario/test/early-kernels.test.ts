import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseScenario, resultLines, runAll, succeededAll } from '../src/index.js';
import { allForms } from './forms.js';

/** What RMAP-LOG left as it was: expected of releases, and of its states as well (SPEC 24). */
const ALIKE = [
  ...['device-exclusive-fork', 'device-exclusive', 'device-private-fork', 'device-private'],
  ...['fork-parent-writes', 'fork-then-reuse', 'gup-checks', 'gup-fast-special'],
  ...['gup-special-in-mixedmap', 'ksm', 'longterm-pin-of-file', 'madvise', 'migrate'],
  ...['migration-entries', 'swap-fork', 'swap-out-and-in', 'uffd-wp'],
];
/** The same of the states since patch 7: these ask for the mark of exclusive pages. */
const MARKED = [
  ...['anon-huge-fork-pinned', 'anon-huge-fork', 'anon-huge-munmap', 'fork-pinned'],
  ...['pin-exclusive-readonly', 'swap-pinned'],
];

const STATES = ['v5.18', 'rmap-log/2', 'rmap-log/6', 'rmap-log/7', 'rmap-log/7x', 'rmap-log/10'];

function printed(name: string, states: readonly string[]): string {
  const folder = join(import.meta.dirname, '../../../fixtures/scenarios');
  const parsed = parseScenario(readFileSync(join(folder, `${name}.yaml`), 'utf8'), name);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const choice = { form: 'x86_64', kernel: states.join(','), trace: false };
  const result = runAll(parsed.value, allForms, choice);
  if (!result.ok) throw new Error(result.problem.message);
  return succeededAll(result.value) ? '' : resultLines(result.value).join('\n');
}

it.each(ALIKE)('%s goes as it says before, between and after the patches of RMAP-LOG', (name) => {
  expect(printed(name, STATES)).toBe('');
});

it.each(MARKED)('%s goes as it says once pages are marked exclusive', (name) => {
  expect(printed(name, STATES.slice(3))).toBe('');
  expect(printed(name, STATES.slice(0, 3))).not.toBe('');
});

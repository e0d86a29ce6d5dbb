import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRevision, type Revision, SERIES } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import {
  allPatches,
  type Bisection,
  bisect,
  bisectionData,
  type Comparison,
  compare,
  firstForm,
  type Patch,
  parseScenario,
  patchesOf,
  type Scenario,
  scenariosOf,
} from '../src/index.js';
import { allForms } from './forms.js';

/** Each of these walks dozens of scenarios over dozens of changes. */
const LONG = { timeout: 180_000 };

const folder = join(import.meta.dirname, '../../../fixtures/scenarios');
const scenarios: readonly Scenario[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => {
    const parsed = parseScenario(readFileSync(join(folder, name), 'utf8'), name);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  });

function revision(id: string): Revision {
  const found = findRevision(id);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}

/** Walks on the first form that a scenario runs on; undefined where it runs on none. */
function walk(scenario: Scenario, from: string, to: string): Bisection | undefined {
  const ends = [revision(from), revision(to)] as const;
  const form = firstForm(scenario, allForms, ends);
  if (!form.ok) return undefined;
  const found = bisect(scenario, allForms, form.value, ...ends);
  if (!found.ok) throw new Error(`${scenario.name}: ${found.problem.message}`);
  return found.value;
}

/** Ids that count as a patch: its changes, and what came along with it from outside. */
function idsOf({ after, changes }: Patch): readonly string[] {
  const [name, state] = after.split('/');
  const states = SERIES.find((series) => series.name === name)?.states ?? [];
  return [...changes, ...(states.find((each) => each.name === state)?.companions ?? [])];
}

const walks = new Map<string, readonly { scenario: Scenario; walk: Bisection }[]>();
/** The walks over a pair, of the scenarios that are about it. */
function walksOver(patch: Patch) {
  const known = walks.get(patch.after);
  if (known !== undefined) return known;
  const made = scenariosOf(patch, scenarios).flatMap((scenario) => {
    const walked = walk(scenario, patch.before, patch.after);
    return walked === undefined ? [] : [{ scenario, walk: walked }];
  });
  walks.set(patch.after, made);
  return made;
}

function comparison(scenario: Scenario, patch: Patch): Comparison {
  const compared = compare(scenario, allForms, patch);
  if (!compared.ok) throw new Error(`${scenario.name}: ${compared.problem.message}`);
  return compared.value;
}

const nameOf = ({ after, title }: Patch): string => `${after} ${title}`;

it('accounts for 53 patches, and for the two of the earlier version', () => {
  const counts = SERIES.map((series) => {
    const patches = patchesOf(series);
    return [series.name, [patches.length, patches.filter(({ effect }) => effect).length]];
  });
  expect(Object.fromEntries(counts)).toEqual({
    'rmap-log': [10, 6],
    'zeropage-v1': [2, 2],
    'zeropage-v2': [3, 3],
    'dax-v6': [26, 19],
    'rfc-2025-06': [14, 11],
  });
  for (const { title, why } of allPatches()) {
    expect(title).not.toBe('');
    expect(why).not.toBe('');
  }
});

describe.each(SERIES.map((series) => [series.name, patchesOf(series)] as const))(
  '%s',
  (_, patches) => {
    it('has a scenario that differs for every patch with an effect', LONG, () => {
      const missing = patches.filter(
        (patch) => patch.effect && !walksOver(patch).some(({ walk: { found } }) => found !== null),
      );
      expect(missing.map(nameOf)).toEqual([]);
    });

    it('has no scenario that differs for a patch without, on any form', LONG, () => {
      // Of the whole series: hardly one is about a patch that nobody can see.
      const about = new Set(patches.flatMap((patch) => scenariosOf(patch, scenarios)));
      for (const patch of patches.filter(({ effect }) => !effect)) {
        const compared = [...about].map((scenario) => comparison(scenario, patch));
        const differing = compared.filter(({ differs }) => differs.length > 0);
        expect(
          differing.map(({ scenario }) => scenario.name),
          nameOf(patch),
        ).toEqual([]);
        const forms = compared.flatMap(({ same }) => same);
        expect(forms, nameOf(patch)).toEqual(expect.arrayContaining(['x86_64', 'arm64', 's390x']));
      }
    });

    it('has its patches named by bisecting them alone', () => {
      const wrong = patches.flatMap((patch) =>
        walksOver(patch).flatMap(({ scenario, walk: walked }) => {
          const { change } = bisectionData(walked);
          return change === null || idsOf(patch).includes(change.id)
            ? []
            : [`${scenario.name}: ${change.id}`];
        }),
      );
      expect(wrong).toEqual([]);
      const unnamed = patches.filter((patch) => {
        const named = walksOver(patch).map(({ walk: walked }) => bisectionData(walked).change?.id);
        return patch.effect && !named.some((id) => id && patch.changes.includes(id));
      });
      expect(unnamed.map(nameOf)).toEqual([]);
    });

    it('has the changes of its scenarios found over the whole of it', LONG, () => {
      const [first, last] = [patches[0], patches.at(-1)];
      const lost = patches.flatMap((patch) =>
        walksOver(patch).flatMap(({ scenario, walk: { found } }) => {
          if (found === null) return [];
          const whole = walk(scenario, first?.before ?? '', last?.after ?? '');
          return whole === undefined || alters(whole, patch) ? [] : [scenario.name];
        }),
      );
      expect(lost).toEqual([]);
    });
  },
);

/** Releases between which a series was merged, and patches of it that came before. */
const MERGED = [
  ['rmap-log', 'v5.18', 'v6.1', []],
  ['zeropage-v2', 'v6.9', 'v6.12', []],
  // Patch 1 is a stable backport in the tree of 6.12.
  ['dax-v6', 'v6.12', 'v6.17', [1]],
] as const;

it.each(MERGED)(
  '%s is found between %s and %s, where it was merged',
  LONG,
  (name, from, to, before) => {
    const series = SERIES.find((each) => each.name === name);
    const patches = series === undefined ? [] : patchesOf(series);
    const lost = patches.flatMap((patch) =>
      walksOver(patch).flatMap(({ scenario, walk: { found } }) => {
        if (found === null || before.some((n) => n === patch.n)) return [];
        const whole = walk(scenario, from, to);
        return whole === undefined || alters(whole, patch) ? [] : [scenario.name];
      }),
    );
    expect(lost).toEqual([]);
  },
);

/** A walk found a change of the patch, first or later; where its ends agree it says so. */
function alters({ found, later, comesAndGoes, endsAgree }: Bisection, patch: Patch): boolean {
  const steps = found === null ? [] : [found.step, ...later];
  const ids = steps.flatMap((step) => (step.step === 'headers' ? [] : [step.change.id]));
  return idsOf(patch).some((id) => ids.includes(id)) && (!endsAgree || comesAndGoes);
}

it('says that the lost wake-up of DAX comes and goes (SPEC 15.20)', () => {
  const named = scenarios.find(({ name }) => name === 'dax-v6-04-lost-wakeup.yaml');
  const whole = named && walk(named, 'dax-v6/0', 'dax-v6/26');
  expect(whole && bisectionData(whole)).toMatchObject({
    change: { id: 'dax-wait-on-page' },
    comesAndGoes: true,
  });
});

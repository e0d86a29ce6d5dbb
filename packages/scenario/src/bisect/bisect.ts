import { ok, type Result, type Revision } from '@pagewright/core';
import type { Scenario } from '../format/parse.js';
import type { FormSource } from '../setup/forms.js';
import { pathBetween, type WalkStep } from './path.js';
import type { Outcome } from './runs.js';
import { togetherWith } from './together.js';
import { walkOf } from './walk.js';

/** What a walk from one kernel to another found. */
export interface Bisection {
  readonly scenario: Scenario;
  readonly form: string;
  readonly from: string;
  readonly to: string;
  /** The first step that altered the result; null where none did. */
  readonly found: Finding | null;
  /** Steps that altered it again after that. */
  readonly later: readonly WalkStep[];
  /** A result that was left came back: all of it, or all answers, warnings and reports. */
  readonly comesAndGoes: boolean;
  /** Both ends do the same, whatever happens between. */
  readonly endsAgree: boolean;
  /** Steps of the way, and how often the scenario was run. */
  readonly steps: number;
  readonly runs: number;
}

/** A step with what the scenario did before and after it. */
export interface Finding {
  readonly step: WalkStep;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Ids of the changes that give the result together, where this one alone does not. */
  readonly together: readonly string[];
}

/**
 * Walks from one kernel to another change by change, and finds the first change that alters what
 * the scenario is answered, warned of and told in reports; where the ends agree in that, what it does
 * to the state. Codes: those of `walkOf` and of `pathBetween`, and of `runScenario` but for
 * `model-limit`, which is an outcome.
 */
export function bisect(
  scenario: Scenario,
  source: FormSource,
  form: string,
  from: Revision,
  to: Revision,
): Result<Bisection> {
  const walk = walkOf(scenario, source, form, from, to);
  if (!walk.ok) return walk;
  const { runs, start, end } = walk.value;
  const path = pathBetween(start, end);
  if (!path.ok) return path;
  const outcomes: Outcome[] = [];
  for (const make of [start, ...path.value.map((station) => station.make)]) {
    const outcome = runs.outcomeOf(make);
    if (!outcome.ok) return outcome;
    outcomes.push(outcome.value);
  }
  // Marks and counters that come in between alter the state of nearly every scenario.
  const by = outcomes[0]?.said === outcomes.at(-1)?.said ? 'text' : 'said';
  const altering = path.value.flatMap(({ step }, i) =>
    outcomes[i]?.[by] === outcomes[i + 1]?.[by] ? [] : [{ step, position: i }],
  );
  const [first, ...later] = altering;
  const endsAgree = outcomes[0]?.text === outcomes.at(-1)?.text;
  const steps = path.value.length;
  const whole = { scenario, form, from: from.id, to: to.id, endsAgree, steps };
  if (first === undefined) {
    return ok({ ...whole, found: null, later: [], comesAndGoes: false, runs: runs.count });
  }
  const [before, after] = outcomes.slice(first.position) as [Outcome, Outcome];
  const way = path.value.slice(0, first.position + 1).map(({ step }) => step);
  const together = togetherWith(runs, start, way, after, by);
  if (!together.ok) return together;
  return ok({
    ...whole,
    found: { step: first.step, before, after, together: together.value },
    later: later.map(({ step }) => step),
    comesAndGoes:
      comesBack(outcomes.map(({ text }) => text)) || comesBack(outcomes.map(({ said }) => said)),
    runs: runs.count,
  });
}

/** Something that was there before comes back after something else. */
function comesBack(texts: readonly string[]): boolean {
  const left = new Set<string>();
  let last: string | undefined;
  for (const text of texts) {
    if (left.has(text)) return true;
    if (last !== undefined && last !== text) left.add(last);
    last = text;
  }
  return false;
}

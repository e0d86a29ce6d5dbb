import { findRevision, ok, type Result } from '@pagewright/core';
import type { Outcome } from '../bisect/runs.js';
import { walkOf } from '../bisect/walk.js';
import type { Scenario } from '../format/parse.js';
import { STANDARD_FORM } from '../run/first-form.js';
import type { FormSource } from '../setup/forms.js';
import type { Pair } from './patches.js';

/** A scenario on the two kernels of a pair. */
export interface Comparison {
  readonly scenario: Scenario;
  /** Forms on which it went differently, and on which it went the same. */
  readonly differs: readonly string[];
  readonly same: readonly string[];
  /** The runs of the first form on which it went differently, or else of the first of all. */
  readonly shown?: { readonly form: string; readonly before: Outcome; readonly after: Outcome };
}

/** Runs a scenario before and after a patch, on every form that it names and can run on. */
export function compare(scenario: Scenario, source: FormSource, pair: Pair): Result<Comparison> {
  const [from, to] = [findRevision(pair.before), findRevision(pair.after)];
  if (!from.ok) return from;
  if (!to.ok) return to;
  const differs: string[] = [];
  const same: string[] = [];
  let shown: Comparison['shown'];
  for (const form of formsOf(scenario, source)) {
    const walk = walkOf(scenario, source, form, from.value, to.value);
    if (!walk.ok && walk.problem.code === 'nothing-to-run') continue;
    if (!walk.ok) return walk;
    const { runs, start, end } = walk.value;
    const before = runs.outcomeOf(start);
    if (!before.ok) return before;
    const after = runs.outcomeOf(end);
    if (!after.ok) return after;
    const other = before.value.text !== after.value.text;
    if (shown === undefined || (other && differs.length === 0)) {
      shown = { form, before: before.value, after: after.value };
    }
    (other ? differs : same).push(form);
  }
  return ok({ scenario, differs, same, ...(shown === undefined ? {} : { shown }) });
}

/** Every form that a file names, in its order. */
function formsOf({ file: { machine, forall } }: Scenario, source: FormSource): readonly string[] {
  const named = [machine?.form ?? STANDARD_FORM, forall?.forms ?? []].flat();
  return [...new Set(named.flatMap((form) => (form === 'all' ? source.names : [form])))];
}

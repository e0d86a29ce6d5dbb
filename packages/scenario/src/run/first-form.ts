import { fail, ok, type Result, type Revision } from '@pagewright/core';
import type { Scenario } from '../format/parse.js';
import type { FormSource } from '../setup/forms.js';
import { groundOf, unknownForm } from './ground.js';

/** The form that a file means when it names none. */
export const STANDARD_FORM = 'x86_64';

/**
 * The first form that a scenario names on which it runs under all of some kernels. Codes:
 * `unknown-form`, `nothing-to-run` with what the first of them lacks, those of `makeKernel`.
 */
export function firstForm(
  scenario: Scenario,
  source: FormSource,
  revisions: readonly Revision[],
): Result<string> {
  const named = scenario.file.machine?.form ?? STANDARD_FORM;
  const candidates = named === 'all' ? source.names : [named].flat();
  let firstWhy: string | undefined;
  for (const form of candidates) {
    if (!source.names.includes(form)) return unknownForm(source, form);
    const why = lacking(scenario, source, form, revisions);
    if (!why.ok) return why;
    if (why.value === undefined) return ok(form);
    firstWhy ??= why.value;
  }
  return fail('nothing-to-run', firstWhy ?? `${scenario.name}: it names no form`);
}

/** Why a scenario does not run on a form under all of some kernels; undefined where it does. */
function lacking(
  scenario: Scenario,
  source: FormSource,
  form: string,
  revisions: readonly Revision[],
): Result<string | undefined> {
  for (const revision of revisions) {
    const ground = groundOf(scenario, source, form, revision);
    if (!ground.ok) return ground;
    if ('why' in ground.value) {
      return ok(`${scenario.name}: ${form}, ${revision.id}: ${ground.value.why}`);
    }
  }
  return ok(undefined);
}

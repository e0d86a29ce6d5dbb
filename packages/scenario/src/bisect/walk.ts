import { fail, type Kernel, ok, type Result, type Revision } from '@pagewright/core';
import type { Scenario } from '../format/parse.js';
import { groundOf, unknownForm } from '../run/ground.js';
import { isFor } from '../run/run.js';
import type { FormSource } from '../setup/forms.js';
import type { Make } from './path.js';
import { Runs } from './runs.js';

/** The runs of a scenario between two kernels, and what the ends are made of. */
export interface Walk {
  readonly runs: Runs;
  readonly start: Make;
  readonly end: Make;
}

/**
 * Gets ready to run a scenario between two kernels. Steps that the file means for one of the two are
 * done on all. Codes: `unknown-form`, `nothing-to-run`, those of `makeKernel`.
 */
export function walkOf(
  scenario: Scenario,
  source: FormSource,
  form: string,
  from: Revision,
  to: Revision,
): Result<Walk> {
  if (!source.names.includes(form)) return unknownForm(source, form);
  const kernels: Kernel[] = [];
  for (const revision of [from, to]) {
    const ground = groundOf(scenario, source, form, revision);
    if (!ground.ok) return ground;
    if ('why' in ground.value) {
      const { why } = ground.value;
      return fail('nothing-to-run', `${scenario.name}: ${form}, ${revision.id}: ${why}`);
    }
    kernels.push(ground.value.kernel);
  }
  const runs = new Runs(scenario, source, form, `${from.id}..${to.id}`, (step) =>
    kernels.some((kernel) => isFor(step, kernel)),
  );
  const [start, end] = kernels.map(makeOf) as [Make, Make];
  return ok({ runs, start, end });
}

const makeOf = ({ changes, revision: { headers } }: Kernel): Make => ({ changes, headers });

import { type EntryForm, fail, type Kernel, ok, type Result } from '@pagewright/core';
import { CapacityError } from '@pagewright/mm';
import type { StepFile } from '../format/definition.js';
import type { Scenario } from '../format/parse.js';
import { build } from '../setup/build.js';
import { ScenarioStop } from '../setup/world.js';
import { selects } from './expectation.js';
import { runStep, type StepRun } from './run-step.js';
import { stateMistakes } from './state-check.js';
import { isUnordered, runUnordered } from './unordered.js';

/** A scenario as it went on one form and kernel. */
export interface ScenarioRun {
  readonly form: string;
  readonly kernel: string;
  readonly steps: readonly StepRun[];
  /** What of the last state is not as expected. */
  readonly failures: readonly string[];
  /** Why not all steps ran: a BUG. */
  readonly stopped?: string;
}

/**
 * Runs a scenario. Codes: `bad-scenario` for what only shows on a form, `model-limit` where the
 * model has no room or no such thing.
 *
 * @param trace what each step changed is told as well
 * @param does which steps are done; those that the file means for this kernel unless said
 */
export function runScenario(
  scenario: Scenario,
  form: EntryForm,
  kernel: Kernel,
  trace: boolean,
  does: (step: StepFile) => boolean = (step) => isFor(step, kernel),
): Result<ScenarioRun> {
  const steps: StepRun[] = [];
  try {
    const world = build(scenario, form, kernel);
    if (!world.ok) return world;
    for (const [i, step] of scenario.file.steps.entries()) {
      if (!does(step)) continue;
      const done = isUnordered(step)
        ? runUnordered(world.value, step, i + 1, trace, does)
        : runStep(world.value, step, i + 1, trace);
      steps.push(done);
      if (done.answer.startsWith('BUG ')) {
        return ok({
          form: form.name,
          kernel: kernel.revision.id,
          steps,
          failures: [],
          stopped: done.answer,
        });
      }
    }
    const { expect } = scenario.file;
    const states = expect === undefined ? [] : [expect].flat();
    const failures = states.flatMap((state) => stateMistakes(world.value, state));
    return ok({ form: form.name, kernel: kernel.revision.id, steps, failures });
  } catch (error) {
    if (!(error instanceof ScenarioStop || error instanceof CapacityError)) throw error;
    const place = scenario.where(['steps', Math.min(steps.length, scenario.file.steps.length - 1)]);
    return fail('model-limit', `${place}: ${form.name}, ${kernel.revision.id}: ${error.message}`);
  }
}

/** The file means a step for a kernel. */
export const isFor = ({ kernels }: StepFile, kernel: Kernel): boolean =>
  kernels === undefined || selects(kernels, kernel);

import {
  type ChangeId,
  FORM_CHANGES,
  kernelThatTells,
  kernelWith,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import type { StepFile } from '../format/definition.js';
import type { Scenario } from '../format/parse.js';
import { configOf } from '../run/ground.js';
import type { OrdersRun } from '../run/orders.js';
import { runScenario, type ScenarioRun } from '../run/run.js';
import type { StepRun } from '../run/run-step.js';
import type { FormSource } from '../setup/forms.js';
import { toldAt } from '../show/told.js';
import type { Make } from './path.js';

/** What a kernel did with the scenario. */
export interface Outcome {
  readonly run: ScenarioRun;
  /** Two that did the same have the same text. */
  readonly text: string;
  /** What its processes and its log see of that: answers, warnings and reports. */
  readonly said: string;
}

/** An outcome, and all that it depends on. */
interface Done {
  readonly headers: Make['headers'];
  readonly answers: ReadonlyMap<string, boolean>;
  readonly outcome: Outcome;
}

/**
 * Runs of one scenario on one form and kernels that are little apart. The model asks a kernel for
 * changes at the very places where kernels differ: where all that a run asked for is answered the
 * same again, so is the outcome, and nothing is run.
 */
export class Runs {
  /** How often the scenario was run. */
  count = 0;
  readonly #done: Done[] = [];

  constructor(
    readonly scenario: Scenario,
    readonly source: FormSource,
    readonly form: string,
    /** How the kernels are called in messages. */
    readonly name: string,
    readonly does: (step: StepFile) => boolean,
  ) {}

  /** What a kernel does. Codes: those of the source of forms, `bad-scenario`. */
  outcomeOf(make: Make): Result<Outcome> {
    const ids = new Set(make.changes.map(({ id }) => id));
    const known = this.#done.find(
      ({ headers, answers }) =>
        headers === make.headers && [...answers].every(([id, is]) => ids.has(id) === is),
    );
    if (known !== undefined) return ok(known.outcome);
    const answers = new Map<string, boolean>(FORM_CHANGES.map((id) => [id, ids.has(id)]));
    const run = this.#run(make, (id) => answers.set(id, ids.has(id)));
    if (!run.ok) return run;
    const outcome = { run: run.value, text: textOf(run.value), said: saidIn(run.value) };
    this.#done.push({ headers: make.headers, answers, outcome });
    return ok(outcome);
  }

  #run({ changes, headers }: Make, tell: (change: ChangeId) => void): Result<ScenarioRun> {
    this.count += 1;
    const revision: Revision = {
      ...{ id: this.name, specId: this.name, headers, basedOn: null, undoes: [] },
      changes: changes.map(({ id }) => id),
    };
    const form = this.source.form(this.form, revision);
    if (!form.ok) return form;
    const { definition } = form.value;
    const kernel = kernelWith(revision, changes, definition, configOf(this.scenario.file));
    const telling = kernelThatTells(kernel, tell);
    const run = runScenario(this.scenario, form.value, telling, true, this.does);
    // A kernel on which a later step has nothing to go on with did something else than the others.
    if (run.ok || run.problem.code !== 'model-limit') return run;
    const stopped = run.problem.message;
    return ok({ form: this.form, kernel: this.name, steps: [], failures: [], stopped });
  }
}

const textOf = (run: ScenarioRun): string =>
  [...run.steps.keys(), run.steps.length].flatMap((i) => toldAt(run, i)).join('\n');

const answered = ({ answer, more, warns, reports }: StepRun) => [answer, more, warns, reports];

const saidIn = ({ steps, stopped }: ScenarioRun): string =>
  JSON.stringify([
    stopped ?? null,
    ...steps.map((each) => [
      each.number,
      ...answered(each),
      each.orders && saidOfOrders(each.orders),
    ]),
  ]);

/** What the orders of a step are answered and end in, with how many; whatever their states are. */
function saidOfOrders({ total, conditions, outcomes }: OrdersRun): unknown {
  const counts = new Map<string, number>();
  for (const { count, parts, after, stuck } of outcomes) {
    const runs = [...parts.flatMap(({ steps }) => steps), ...after];
    const said = JSON.stringify([stuck, runs.map(answered)]);
    counts.set(said, (counts.get(said) ?? 0) + count);
  }
  return [total, conditions, [...counts]];
}

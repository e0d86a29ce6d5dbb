import { fail, ok, type Result } from '@pagewright/core';
import { litmusLine, litmusOf } from '@pagewright/explore';
import type { Block } from '@pagewright/report';
import { type FormSource, type OrdersRun, runAll, type ScenarioRun } from '@pagewright/scenario';
import type { LitmusData, LitmusOutput } from '../outputs/explore.js';
import { readScenario } from '../scenario/files.js';
import type { GroundChoice } from './bounds.js';

/** A step of unordered parts, on one form and kernel. */
interface Observed {
  readonly run: ScenarioRun;
  readonly step: number;
  readonly orders: OrdersRun;
  readonly failures: readonly string[];
}

/** What the orders of a scenario's unordered steps came to. */
export interface Litmus {
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly data: LitmusOutput;
  /** Everything is as the file says. */
  readonly isGood: boolean;
}

/**
 * Runs a scenario and tells its orders as litmus tests are told. Codes: those of `readScenario` and
 * `runAll`, and `no-orders` for a scenario whose steps are all ordered.
 */
export function litmus(
  path: string,
  source: FormSource,
  { form, kernel }: GroundChoice,
): Result<Litmus> {
  const scenario = readScenario(path);
  if (!scenario.ok) return scenario;
  const result = runAll(scenario.value, source, {
    ...(form === undefined ? {} : { form }),
    ...(kernel === undefined ? {} : { kernel }),
    trace: false,
  });
  if (!result.ok) return result;
  const observed = result.value.runs.flatMap((run) =>
    run.steps.flatMap(({ number, orders, failures }): Observed[] =>
      orders === undefined ? [] : [{ run, step: number, orders, failures }],
    ),
  );
  if (observed.length === 0) return fail('no-orders', `${path}: no step has unordered parts`);
  return ok({
    title: scenario.value.file.scenario,
    blocks: observed.map((each) => ({ kind: 'verbatim', lines: litmusLines(each) })),
    data: {
      schema: 'pagewright/explore-litmus/1',
      scenario: path,
      observed: observed.map(observedData),
    },
    isGood: observed.every(({ failures }) => failures.length === 0),
  });
}

/** As herd7 prints a test: outcomes with their counts, Ok or No, what was observed. */
function litmusLines({ run, step, orders, failures }: Observed): string[] {
  const { total, outcomes, conditions } = orders;
  return [
    `Test step ${step} (${run.form}, ${run.kernel})`,
    `States ${outcomes.length}`,
    ...outcomes.map(({ count, first }) => `${String(count).padEnd(6)} :> ${first.join(' ')}`),
    failures.length === 0 ? 'Ok' : 'No',
    ...failures.map((line) => `  ${line}`),
    ...conditions.flatMap(({ name, count }) => [
      `Condition ${name}`,
      `Positive: ${count} Negative: ${total - count}`,
      litmusLine(litmusOf(name, count, total)),
    ]),
  ];
}

const observedData = ({ run, step, orders, failures }: Observed): LitmusData => ({
  form: run.form,
  kernel: run.kernel,
  step,
  orders: orders.total,
  states: orders.outcomes.map(({ count, first }) => ({ orders: count, first: [...first] })),
  conditions: orders.conditions.map(({ name, count }) => {
    const { verdict, positive, negative } = litmusOf(name, count, orders.total);
    return { name, observation: verdict, positive, negative };
  }),
  failures: [...failures],
});

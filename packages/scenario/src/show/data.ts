import { type ScenarioResult, succeededAll } from '../run/all.js';
import type { OrdersRun } from '../run/orders.js';
import type { ScenarioRun } from '../run/run.js';
import type { StepRun } from '../run/run-step.js';
import { verdict } from '../run/unordered.js';

/** A result as JSON has it. */
export function resultData(result: ScenarioResult) {
  const { scenario, runs, others, leftOut, disagreements } = result;
  return {
    file: scenario.name,
    scenario: scenario.file.scenario,
    asExpected: succeededAll(result),
    runs: [...runs, ...others].map(runData),
    leftOut: leftOut.map((each) => ({ ...each })),
    disagreements: [...disagreements],
  };
}

/** One run as JSON has it. */
export function runData({ form, kernel, steps, failures, stopped }: ScenarioRun) {
  return {
    form,
    kernel,
    steps: steps.map(stepData),
    failures: [...failures],
    stopped: stopped ?? null,
  };
}

const stepData = (step: StepRun) => ({
  ...plainData(step),
  orders: step.orders === undefined ? null : ordersData(step.orders),
});

/** Orders as JSON has them. */
function ordersData({ total, conditions, outcomes }: OrdersRun) {
  return {
    total,
    conditions: conditions.map((each) => ({ ...each, verdict: verdict(each.count, total) })),
    outcomes: outcomes.map(({ parts, after, changes, first, ...rest }) => ({
      ...rest,
      first: [...first],
      parts: parts.map(({ name, steps }) => ({ name, steps: steps.map(plainData) })),
      after: after.map(plainData),
      changes: [...changes],
    })),
  };
}

/** A step of one operation as JSON has it. */
function plainData(step: StepRun) {
  return {
    step: step.number,
    label: step.label ?? null,
    call: step.call,
    answer: step.answer,
    more: { ...step.more },
    warns: [...step.warns],
    reports: step.reports,
    notes: [...step.notes],
    changes: [...step.changes],
    failures: [...step.failures],
  };
}

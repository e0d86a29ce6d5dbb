import { type ScenarioResult, succeededAll } from '../run/all.js';
import type { ScenarioRun, StepRun } from '../run/run.js';

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

function stepData(step: StepRun) {
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

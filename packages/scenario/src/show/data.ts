import { type LeftOut, type ScenarioResult, succeededAll } from '../run/all.js';
import type { OrdersRun } from '../run/orders.js';
import type { ScenarioRun } from '../run/run.js';
import type { StepRun } from '../run/run-step.js';
import { type OrderVerdict, verdict } from '../run/unordered.js';

/** A result as JSON has it. */
export type ResultData = {
  readonly file: string;
  /** Its title. */
  readonly scenario: string;
  readonly asExpected: boolean;
  /** A run for each form and kernel. */
  readonly runs: readonly RunData[];
  /** Forms and kernels that it cannot run on. */
  readonly leftOut: readonly LeftOut[];
  /** Steps that forms answered differently, a sentence each. */
  readonly disagreements: readonly string[];
};

/** One run as JSON has it. */
export type RunData = {
  readonly form: string;
  readonly kernel: string;
  readonly steps: readonly StepRunData[];
  /** What of the last state is not as expected. */
  readonly failures: readonly string[];
  /** The BUG that ended the run, or null. */
  readonly stopped: string | null;
};

/** A step as JSON has it. */
export type StepRunData = PlainStepData & {
  /** Of a step of unordered parts: the orders in which they ran. */
  readonly orders: OrdersData | null;
};

/** A step of one operation as JSON has it. */
export type PlainStepData = {
  /** Position in the file, from 1. */
  readonly step: number;
  readonly label: string | null;
  /** The operation with its arguments; `check` for a check. */
  readonly call: string;
  readonly answer: string;
  /** What else it answered, by name. */
  readonly more: Readonly<Record<string, number>>;
  /** Ids of warnings. */
  readonly warns: readonly string[];
  /** How often the kernel reported a bad entry. */
  readonly reports: number;
  /** What happened besides, by name. */
  readonly notes: readonly string[];
  /** What changed, a line each; empty without `--trace`. */
  readonly changes: readonly string[];
  /** What is not as expected. */
  readonly failures: readonly string[];
};

/** Orders as JSON has them. */
export type OrdersData = {
  /** How many orders there are. */
  readonly total: number;
  readonly conditions: readonly {
    readonly name: string;
    /** In how many orders it holds. */
    readonly count: number;
    readonly verdict: OrderVerdict;
  }[];
  /** What the orders come to. */
  readonly outcomes: readonly OutcomeData[];
};

/** Orders that came to the same: the same answers, and the same state. */
export type OutcomeData = {
  readonly count: number;
  /** The first of them: whose step each one was. */
  readonly first: readonly string[];
  /** Steps of each part in that order, as they went. */
  readonly parts: readonly { readonly name: string; readonly steps: readonly PlainStepData[] }[];
  /** What was done after it. */
  readonly after: readonly PlainStepData[];
  readonly changes: readonly string[];
  /** Nobody could go on: all that was left had to wait. */
  readonly stuck: boolean;
};

/** A result as data. */
export function resultData(result: ScenarioResult): ResultData {
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

/** One run as data. */
export function runData({ form, kernel, steps, failures, stopped }: ScenarioRun): RunData {
  return {
    form,
    kernel,
    steps: steps.map(stepData),
    failures: [...failures],
    stopped: stopped ?? null,
  };
}

const stepData = (step: StepRun): StepRunData => ({
  ...plainData(step),
  orders: step.orders === undefined ? null : ordersData(step.orders),
});

/** Orders as data. */
function ordersData({ total, conditions, outcomes }: OrdersRun): OrdersData {
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

/** A step of one operation as data. */
function plainData(step: StepRun): PlainStepData {
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

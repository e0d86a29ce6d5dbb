import { isGood, type LeftOut, type ScenarioResult, succeededAll } from '../run/all.js';
import type { ScenarioRun } from '../run/run.js';
import type { StepRun } from '../run/run-step.js';
import { ordersLines } from './orders-lines.js';

/** A result as people read it, line by line; with traces where the runs have them. */
export function resultLines(result: ScenarioResult): string[] {
  const { scenario, runs, others, leftOut, disagreements } = result;
  return [
    scenario.file.scenario,
    ...groups(runs).flatMap(({ names, run }) => ['', `${names}:`, ...runLines(run)]),
    ...failuresBeside(others),
    ...(disagreements.length === 0 ? [] : ['', 'Forms do not agree:']),
    ...disagreements.map((line) => `  ${line}`),
    '',
    ...countLines(others),
    ...leftOutLines(leftOut),
    succeededAll(result) ? 'as expected' : 'NOT as expected',
  ];
}

interface Group {
  readonly names: string;
  readonly run: ScenarioRun;
}

/** Runs that went alike are shown once, with the names of all. */
function groups(runs: readonly ScenarioRun[]): Group[] {
  const alike = new Map<string, { form: string; kernels: string[]; run: ScenarioRun }>();
  for (const run of runs) {
    const key = `${run.form}\n${runLines(run).join('\n')}`;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { form: run.form, kernels: [run.kernel], run });
    else known.kernels.push(run.kernel);
  }
  return [...alike.values()].map(({ form, kernels, run }) => ({
    names: `${form}, ${kernels.join(' ')}`,
    run,
  }));
}

/** One run, its steps and what they changed. */
export function runLines(run: ScenarioRun): string[] {
  return [
    ...run.steps.flatMap(stepLines),
    ...(run.stopped === undefined ? [] : [`  stopped: ${run.stopped}`]),
    ...run.failures.map((failure) => `  FAILED at the end: ${failure}`),
  ];
}

/** Of more numbers beside an answer than these, those that are not 0 are shown. */
const MOST_NUMBERS = 4;

/** One step: what was called, what it answered, what was said, what changed. */
export function stepLines(step: StepRun): string[] {
  const { number, label, call, answer, changes, reported, failures, more } = step;
  const all = Object.entries(more);
  const numbers = all
    .filter(([, value]) => value !== 0 || all.length <= MOST_NUMBERS)
    .map(([name, value]) => `, ${name} ${value}`);
  const told = label === undefined ? '' : `   # ${label}`;
  const shown = call === 'check' ? 'check' : `${call} = ${answer}${numbers.join('')}`;
  return [
    `  ${number}. ${shown}${told}`,
    ...(step.orders === undefined ? [] : ordersLines(step.orders)),
    ...reported.map((line) => `       ${line}`),
    ...changes.map((line) => `       ${line}`),
    ...failures.map((failure) => `       FAILED: ${failure}`),
  ];
}

/** Failed runs that are shown beside those of the file. */
const MOST_FAILURES = 3;

function failuresBeside(others: readonly ScenarioRun[]): string[] {
  const failed = others.filter((run) => !isGood(run));
  const shown = failed
    .slice(0, MOST_FAILURES)
    .flatMap((run) => ['', `${run.form}, ${run.kernel}:`, ...runLines(run)]);
  const rest = failed.length - MOST_FAILURES;
  return rest > 0 ? [...shown, '', `${rest} more runs failed`] : shown;
}

function countLines(others: readonly ScenarioRun[]): string[] {
  if (others.length === 0) return [];
  const forms = new Set(others.map(({ form }) => form)).size;
  const kernels = new Set(others.map(({ kernel }) => kernel)).size;
  return [`${others.length} more runs, on ${forms} forms and ${kernels} kernels`];
}

/** Forms that were left out, by reason. */
function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const forms = new Map<string, Set<string>>();
  for (const { form, why } of leftOut) {
    const known = forms.get(why);
    if (known === undefined) forms.set(why, new Set([form]));
    else known.add(form);
  }
  return [...forms].map(([why, names]) => `left out: ${[...names].join(' ')} (${why})`);
}

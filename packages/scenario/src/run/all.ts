import { fail, ok, type Result, type Revision } from '@pagewright/core';
import { selectKernels } from '../format/kernels.js';
import type { Scenario } from '../format/parse.js';
import type { FormSource } from '../setup/forms.js';
import { STANDARD_FORM } from './first-form.js';
import { groundOf, unknownForm } from './ground.js';
import { runScenario, type ScenarioRun } from './run.js';

const STANDARD_KERNEL = 'v6.18-fixed';

/** Forms and kernels to run on in place of what the file says. */
export interface RunChoice {
  readonly form?: string;
  /** A selector. */
  readonly kernel?: string;
  /** Changes of every step are told. */
  readonly trace: boolean;
}

/** A form and a kernel that a scenario was not run on, and why. */
export type LeftOut = {
  readonly form: string;
  readonly kernel: string;
  readonly why: string;
};

/** All runs of a scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  /** Runs that are shown. */
  readonly runs: readonly ScenarioRun[];
  /** Runs of `forall` beside them. */
  readonly others: readonly ScenarioRun[];
  readonly leftOut: readonly LeftOut[];
  /** Steps that forms answered differently, a sentence each. */
  readonly disagreements: readonly string[];
}

/** A run in which nothing was other than expected. */
export const isGood = ({ steps, failures }: ScenarioRun): boolean =>
  failures.length === 0 && steps.every((step) => step.failures.length === 0);

/** Everything went as the file says. */
export const succeededAll = ({ runs, others, disagreements }: ScenarioResult): boolean =>
  disagreements.length === 0 && [...runs, ...others].every(isGood);

/**
 * Runs a scenario on the forms and kernels that its file names, or on those chosen. Codes: those of
 * `runScenario`, `unknown-form`, `unknown-revision`, `nothing-to-run`.
 */
export function runAll(
  scenario: Scenario,
  source: FormSource,
  choice: RunChoice,
): Result<ScenarioResult> {
  const shown = pairsShown(scenario, source, choice);
  if (!shown.ok) return shown;
  const more = pairsBeside(scenario, source, choice);
  if (!more.ok) return more;
  const leftOut: LeftOut[] = [];
  const runs = runPairs(scenario, source, shown.value, choice.trace, leftOut);
  if (!runs.ok) return runs;
  const known = new Set(shown.value.map(keyOf));
  const beside = more.value.filter((pair) => !known.has(keyOf(pair)));
  const others = runPairs(scenario, source, beside, false, leftOut);
  if (!others.ok) return others;
  if (runs.value.length === 0) {
    const why = leftOut[0]?.why ?? 'it names no form';
    return fail('nothing-to-run', `${scenario.name}: no form and kernel to run on: ${why}`);
  }
  const agreed = scenario.file.differs !== undefined;
  const disagreements = agreed ? [] : disagreementsOf([...runs.value, ...others.value]);
  return ok({ scenario, runs: runs.value, others: others.value, leftOut, disagreements });
}

interface Pair {
  readonly form: string;
  readonly revision: Revision;
}
const keyOf = ({ form, revision }: Pair): string => `${form} ${revision.id}`;

function pairsShown({ file }: Scenario, source: FormSource, choice: RunChoice): Result<Pair[]> {
  const { form = STANDARD_FORM, kernel = STANDARD_KERNEL } = file.machine ?? {};
  return pairs(source, choice.form ?? form, choice.kernel ?? [kernel].flat().join(','));
}

function pairsBeside({ file }: Scenario, source: FormSource, choice: RunChoice): Result<Pair[]> {
  const { forall, machine } = file;
  if (forall === undefined || choice.form !== undefined || choice.kernel !== undefined) {
    return ok([]);
  }
  const { form = STANDARD_FORM, kernel = STANDARD_KERNEL } = machine ?? {};
  return pairs(source, forall.forms ?? form, forall.kernels ?? [kernel].flat().join(','));
}

function pairs(
  source: FormSource,
  forms: string | readonly string[],
  kernels: string,
): Result<Pair[]> {
  const revisions = selectKernels(kernels);
  if (!revisions.ok) return revisions;
  const names = forms === 'all' ? source.names : [forms].flat();
  const unknown = names.find((name) => !source.names.includes(name));
  if (unknown !== undefined) return unknownForm(source, unknown);
  return ok(names.flatMap((form) => revisions.value.map((revision) => ({ form, revision }))));
}

function runPairs(
  scenario: Scenario,
  source: FormSource,
  wanted: readonly Pair[],
  trace: boolean,
  leftOut: LeftOut[],
): Result<ScenarioRun[]> {
  const runs: ScenarioRun[] = [];
  for (const { form, revision } of wanted) {
    const ground = groundOf(scenario, source, form, revision);
    if (!ground.ok) return ground;
    if ('why' in ground.value) {
      leftOut.push({ form, kernel: revision.id, why: ground.value.why });
      continue;
    }
    const run = runScenario(scenario, ground.value.form, ground.value.kernel, trace);
    if (!run.ok) return run;
    runs.push(run.value);
  }
  return ok(runs);
}

/** Steps whose outcome is not the same on all forms of a kernel. */
function disagreementsOf(runs: readonly ScenarioRun[]): string[] {
  const first = new Map<string, ScenarioRun>();
  const found: string[] = [];
  for (const run of runs) {
    const known = first.get(run.kernel);
    if (known === undefined) first.set(run.kernel, run);
    else found.push(...differences(known, run));
  }
  return found;
}

function differences(one: ScenarioRun, other: ScenarioRun): string[] {
  for (const [i, step] of one.steps.entries()) {
    const there = other.steps[i];
    const [here, elsewhere] = [
      outcomeText(step),
      there === undefined ? 'not run' : outcomeText(there),
    ];
    if (here === elsewhere) continue;
    return [
      `step ${step.number}, ${step.call}, on ${one.kernel}: ` +
        `${here} on ${one.form}, ${elsewhere} on ${other.form}`,
    ];
  }
  return [];
}

const outcomeText = ({ answer, warns, reports }: ScenarioRun['steps'][number]): string =>
  [answer, ...warns, ...(reports === 0 ? [] : [`${reports} reports`])].join(', ');

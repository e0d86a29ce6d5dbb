import { type EntryForm, fail, type Kernel, ok, type Result } from '@pagewright/core';
import {
  CapacityError,
  type FullAnswer,
  hasFunction,
  Reference,
  run as runModel,
} from '@pagewright/mm';
import type { StateExpectation, StepFile } from '../format/definition.js';
import { type Call, callOf } from '../format/operation-of.js';
import type { Scenario } from '../format/parse.js';
import { build } from '../setup/build.js';
import { ScenarioStop, type World } from '../setup/world.js';
import { answerText, succeeded } from './answer-text.js';
import { argumentsOf, callText } from './arguments.js';
import { changeLines } from './changes.js';
import { disappointment, type StepOutcome, selects } from './expectation.js';
import { reportLines } from './reports.js';
import { stateMistakes } from './state-check.js';

/** A step as it went. */
export interface StepRun extends StepOutcome {
  /** Position in the file, from 1. */
  readonly number: number;
  readonly label?: string;
  /** The operation with its arguments; `check` for a check. */
  readonly call: string;
  /** What the kernel reported, a line each. */
  readonly reported: readonly string[];
  /** What changed, a line each; empty unless asked for. */
  readonly changes: readonly string[];
  /** What is not as expected. */
  readonly failures: readonly string[];
}

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
      const done = runStep(world.value, step, i + 1, trace);
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

const QUIET = { warns: [], reports: 0, notes: [], more: {}, reported: [], changes: [] } as const;

function runStep(world: World, step: StepFile, number: number, trace: boolean): StepRun {
  const head = { number, ...(step.label === undefined ? {} : { label: step.label }) };
  const call = callOf(step);
  if (call !== undefined) return { ...head, ...runCall(world, step, call, trace) };
  const failures = stateMistakes(world, step.check as StateExpectation);
  return { ...head, ...QUIET, call: 'check', answer: 'done', succeeded: true, failures };
}

function runCall(world: World, step: StepFile, call: Call, trace: boolean) {
  const { model } = world;
  const { operation } = call;
  if (!hasFunction(model, operation)) return withoutFunction(step, call, model.kernel);
  const args = argumentsOf(world, call);
  const before = model.state.copy();
  const held = step.as === undefined ? [] : references(world);
  const ran = runModel(model, () => operation.run(model, args as never));
  const full: FullAnswer | undefined =
    ran.bug !== undefined
      ? undefined
      : typeof ran.value === 'number'
        ? { value: ran.value, more: {} }
        : ran.value;
  if (full !== undefined && step.as !== undefined)
    nameAnswer(world, step.as, call, full.value, held);
  const idsOf = (...kinds: readonly string[]) =>
    ran.events.flatMap((event) => ('id' in event && kinds.includes(event.kind) ? [event.id] : []));
  const outcome: StepOutcome = {
    answer:
      full === undefined ? `BUG ${ran.bug}` : answerText(world, operation.answers, full.value),
    succeeded: full !== undefined && succeeded(world, operation.answers, full.value),
    warns: idsOf('warn', 'vm-warn'),
    reports: ran.events.filter(({ kind }) => kind === 'bad-page-map').length,
    notes: idsOf('note'),
    more: full?.more ?? {},
  };
  const failure = disappointment(step, model.kernel, outcome);
  return {
    ...outcome,
    call: callText(call),
    reported: reportLines(world, before, ran.events),
    changes: trace ? changeLines(world, before, model.state) : [],
    failures: failure === undefined ? [] : [failure],
  };
}

/** How a step is answered on a kernel that has no such function: nothing happens. */
function withoutFunction(step: StepFile, call: Call, kernel: Kernel) {
  const outcome = { ...QUIET, answer: 'no such function', succeeded: false };
  const failure = disappointment(step, kernel, outcome);
  return { ...outcome, call: callText(call), failures: failure === undefined ? [] : [failure] };
}

/** References that are held, by record. */
function references({ model: { state } }: World): number[] {
  const used: number[] = [];
  for (let i = 0; i < state.layout.capacities.reference; i++) {
    if (state.get(Reference.used, i) !== 0) used.push(i);
  }
  return used;
}

function nameAnswer(
  world: World,
  name: string,
  { operation }: Call,
  value: number,
  held: readonly number[],
): void {
  if (value < 0) return;
  if (operation.answers === 'process') world.nameProcess(name, value);
  else if (operation.answers === 'page') {
    const pfn = world.model.machine.memory.pfn(value);
    world.names.set(name, { kind: 'page', pfn, frame: value, pages: 1 });
  } else if (operation.answers === 'inFlight') world.nameOperation(name, value);
  else if (operation.answers === 'task') {
    world.names.set(name, { kind: 'task', waiter: value });
  } else {
    const records = references(world).filter((each) => !held.includes(each));
    world.names.set(name, { kind: 'reference', records });
  }
}

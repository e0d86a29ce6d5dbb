import type { Kernel } from '@pagewright/core';
import { type FullAnswer, hasFunction, mustWait, Reference, run as runModel } from '@pagewright/mm';
import type { StateExpectation, StepFile } from '../format/definition.js';
import { type Call, callOf } from '../format/operation-of.js';
import { ScenarioStop, type World } from '../setup/world.js';
import { answerText, succeeded } from './answer-text.js';
import { argumentsOf, callText } from './arguments.js';
import { changeLines } from './changes.js';
import { disappointment, type StepOutcome } from './expectation.js';
import type { OrdersRun } from './orders.js';
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
  /** Of a step of unordered parts: the orders in which they ran. */
  readonly orders?: OrdersRun;
}

/** Of a step that nothing was said of. */
export const QUIET = {
  warns: [],
  reports: 0,
  notes: [],
  more: {},
  reported: [],
  changes: [],
} as const;

/** Runs a step of one operation, or a check. */
export function runStep(world: World, step: StepFile, number: number, trace: boolean): StepRun {
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
  if (operation.answers !== 'progress' && mustWait(model, operation, args)) {
    throw new ScenarioStop(`${operation.name} must wait for an operation in progress`);
  }
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

import { fail, ok, type Result } from '@pagewright/core';
import { CapacityError } from '@pagewright/mm';
import {
  answerText,
  callText,
  changeLines,
  reportLines,
  succeeded,
} from '@pagewright/scenario/parts';
import type { Action } from '../format/expand.js';
import { Judge } from '../search/judge.js';
import type { Stepper } from '../world/stepper.js';

/** An action as it went. */
export interface PathStep {
  readonly action: Action;
  /** The operation with its arguments. */
  readonly call: string;
  /** The name that its answer got. */
  readonly named?: string;
  /** As runs print it; `BUG id` where the kernel stopped. */
  readonly answer: string;
  readonly succeeded: boolean;
  readonly warns: readonly string[];
  readonly reports: number;
  /** What the kernel said, a line each. */
  readonly said: readonly string[];
  /** What changed, a line each. */
  readonly changes: readonly string[];
  /** What is broken now. */
  readonly broken: readonly string[];
}

/**
 * Goes a way, from the state that the stepper is in. Code `bad-token` where an action cannot happen,
 * or something comes after a BUG.
 */
export function replay(stepper: Stepper, numbers: readonly number[]): Result<readonly PathStep[]> {
  const judge = new Judge(stepper);
  const steps: PathStep[] = [];
  for (const [i, number] of numbers.entries()) {
    const step = steps.at(-1)?.answer.startsWith('BUG ') ? undefined : goOn(stepper, judge, number);
    if (step === undefined) {
      const action = stepper.bound.actions[number];
      const call = action === undefined ? `action ${number}` : callText(action.call);
      return fail('bad-token', `${call} cannot happen after ${i} actions`);
    }
    steps.push(step);
  }
  return ok(steps);
}

function goOn(stepper: Stepper, judge: Judge, number: number): PathStep | undefined {
  const { world, slots, bound } = stepper;
  const { model } = world;
  const action = bound.actions[number];
  if (action === undefined) return undefined;
  const before = model.state.copy();
  const free = action.names.map((name) => slots.word(slots.place(name)));
  slots.tellWorld();
  const done = applied(stepper, number);
  if (done === undefined) return undefined;
  const { answers } = action.call.operation;
  const { events, answer, text, bug } = done;
  const byAction = judge.ofAction(action, done, before);
  const names = new Map(world.names);
  slots.tellWorld();
  // What has just ended is told by its name.
  for (const [name, was] of names) if (!world.names.has(name)) world.names.set(name, was);
  const named = action.names.find((name, i) => {
    const word = slots.word(slots.place(name));
    return word !== 0 && word !== free[i];
  });
  const idsOf = (...kinds: readonly string[]) =>
    events.flatMap((event) => ('id' in event && kinds.includes(event.kind) ? [event.id] : []));
  const byState = bug === undefined ? judge.ofState() : [];
  return {
    action,
    call: callText(action.call),
    ...(named === undefined ? {} : { named }),
    answer:
      answer === undefined ? `BUG ${bug}` : (text ?? answerText(world, answers, answer.value)),
    // A task that is done is forgotten by now, but for what it answered.
    succeeded: text === '0' || (answer !== undefined && succeeded(world, answers, answer.value)),
    warns: idsOf('warn', 'vm-warn'),
    reports: events.filter(({ kind }) => kind === 'bad-page-map').length,
    said: reportLines(world, before, events),
    changes: changeLines(world, before, model.state),
    broken: [...new Set([...byAction, ...byState])],
  };
}

function applied(stepper: Stepper, number: number) {
  try {
    return stepper.apply(number);
  } catch (error) {
    if (error instanceof CapacityError) return undefined;
    throw error;
  }
}

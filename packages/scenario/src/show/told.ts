import type { ScenarioRun } from '../run/run.js';
import type { StepRun } from '../run/run-step.js';
import { stepLines } from './lines.js';

/** What was said and done in a step, without what the scenario expected of it. */
export const told = (step: StepRun): readonly string[] => stepLines({ ...step, failures: [] });

/** Position of the first step that went differently in two runs; undefined where none did. */
export function firstDifference(one: ScenarioRun, other: ScenarioRun): number | undefined {
  const count = Math.max(one.steps.length, other.steps.length);
  for (let i = 0; i < count; i++) {
    if (toldAt(one, i).join('\n') !== toldAt(other, i).join('\n')) return i;
  }
  return one.stopped === other.stopped ? undefined : count;
}

/** What was told of the step at a position, or why it was not reached. */
export function toldAt({ steps, stopped }: ScenarioRun, position: number): readonly string[] {
  const step = steps[position];
  return step === undefined ? [`not reached: ${stopped ?? 'no such step'}`] : told(step);
}

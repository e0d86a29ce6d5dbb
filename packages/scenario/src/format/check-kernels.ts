import type { ScenarioFile, StateExpectation, StepFile } from './definition.js';
import { selectKernels } from './kernels.js';
import type { Mistake, Path } from './read-file.js';
import { isByKernel } from './step.js';

/** The first selector of kernels that names none. */
export function checkKernels(file: ScenarioFile): Mistake | undefined {
  for (const { selector, path, key } of selectorsOf(file)) {
    const found = selectKernels(selector);
    if (found.ok) continue;
    const { message } = found.problem;
    return key === undefined ? { path, message } : { path, key, message };
  }
  return undefined;
}

interface Selector {
  readonly selector: string;
  readonly path: Path;
  /** The selector is a key there. */
  readonly key?: string;
}

function* selectorsOf(file: ScenarioFile): Generator<Selector> {
  const { machine = {}, forall = {}, steps, expect = [] } = file;
  const kernel = machine.kernel ?? [];
  if (typeof kernel === 'string') yield { selector: kernel, path: ['machine', 'kernel'] };
  else
    for (const [i, selector] of kernel.entries())
      yield { selector, path: ['machine', 'kernel', i] };
  if (forall.kernels !== undefined) {
    yield { selector: forall.kernels, path: ['forall', 'kernels'] };
  }
  for (const [i, step] of steps.entries()) yield* ofStep(step, ['steps', i]);
  if (!Array.isArray(expect)) yield* ofState(expect, ['expect']);
  else for (const [i, state] of expect.entries()) yield* ofState(state, ['expect', i]);
}

function* ofStep(step: StepFile, path: Path): Generator<Selector> {
  if (step.kernels !== undefined) yield { selector: step.kernels, path: [...path, 'kernels'] };
  yield* ofState(step.check as StateExpectation | undefined, [...path, 'check']);
  if (isByKernel(step.expect)) {
    for (const selector of Object.keys(step.expect)) {
      yield { selector, path: [...path, 'expect'], key: selector };
    }
  }
  for (const [part, steps] of Object.entries(step.unordered ?? {})) {
    for (const [i, each] of steps.entries()) yield* ofStep(each, [...path, 'unordered', part, i]);
  }
  for (const [i, each] of (step.after ?? []).entries()) yield* ofStep(each, [...path, 'after', i]);
  for (const [name, state] of Object.entries(step.conditions ?? {})) {
    yield* ofState(state as StateExpectation, [...path, 'conditions', name]);
  }
  for (const [name, count] of Object.entries(step.orders ?? {})) {
    if (typeof count !== 'object') continue;
    for (const selector of Object.keys(count)) {
      yield { selector, path: [...path, 'orders', name], key: selector };
    }
  }
}

function* ofState(state: StateExpectation | undefined, path: Path): Generator<Selector> {
  if (state?.kernels === undefined) return;
  yield { selector: state.kernels, path: [...path, 'kernels'] };
}

import type { Kernel } from '@pagewright/core';
import type { StepFile } from '../format/definition.js';
import { askedChange, baseOf, selectKernels } from '../format/kernels.js';
import { isByKernel, type OutcomeExpectation } from '../format/step.js';

/** What a step did, in the words of expectations. */
export interface StepOutcome {
  readonly answer: string;
  readonly succeeded: boolean;
  readonly warns: readonly string[];
  readonly reports: number;
  readonly notes: readonly string[];
  readonly more: Readonly<Record<string, number>>;
}

/**
 * Whether a kernel is among those that a selector means: by a change that it has itself, by its own
 * name, or, when it is altered, as the revision that it was made of.
 */
export function selects(selector: string, kernel: Kernel): boolean {
  return selector.split(',').some((part) => selectsPart(part.trim(), kernel));
}

function selectsPart(part: string, kernel: Kernel): boolean {
  const asked = askedChange(part);
  if (asked !== undefined) {
    return kernel.changes.some(({ id }) => id === asked.id) === asked.wanted;
  }
  const { revision } = kernel;
  const names = [revision.id, baseOf(revision)];
  const found = selectKernels(part);
  return found.ok && found.value.some(({ id }) => names.includes(id));
}

/** What a step is expected to do on a kernel: the first selector that means it decides. */
function expectationOn(step: StepFile, kernel: Kernel): OutcomeExpectation | undefined {
  const { expect } = step;
  if (expect === undefined) return undefined;
  if (typeof expect !== 'object') return { answer: expect };
  if (!isByKernel(expect)) return expect as OutcomeExpectation;
  for (const [selector, one] of Object.entries(expect)) {
    if (selects(selector, kernel)) return typeof one === 'object' ? one : { answer: one };
  }
  return undefined;
}

/** How an answer is written when it is compared. */
function written(answer: NonNullable<OutcomeExpectation['answer']>): string {
  return typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : String(answer);
}

const matches = (expected: string, answer: string): boolean =>
  expected === answer || (expected === 'BUG' && answer.startsWith('BUG '));

/** What is not as the step says; undefined when all is. */
export function disappointment(
  step: StepFile,
  kernel: Kernel,
  outcome: StepOutcome,
): string | undefined {
  const others = step['may fail with'] ?? [];
  if (others.some((each) => matches(written(each), outcome.answer))) return undefined;
  const expected = expectationOn(step, kernel);
  const answer = expected?.answer;
  if (answer === undefined) {
    if (!outcome.succeeded) return `expected to succeed, answered ${outcome.answer}`;
  } else if (!matches(written(answer), outcome.answer)) {
    return `expected ${written(answer)}, answered ${outcome.answer}`;
  }
  return (
    different('warnings', expected?.warns ?? [], outcome.warns) ??
    different('reports', [String(expected?.reports ?? 0)], [String(outcome.reports)]) ??
    (expected?.notes === undefined
      ? undefined
      : different('notes', expected.notes, outcome.notes)) ??
    differentNumbers(expected?.more ?? {}, outcome.more)
  );
}

function different(
  what: string,
  expected: readonly string[],
  found: readonly string[],
): string | undefined {
  const [wanted, got] = [expected, found].map((each) => each.join(', ') || 'none');
  return wanted === got ? undefined : `${what}: expected ${wanted}, found ${got}`;
}

function differentNumbers(
  expected: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): string | undefined {
  for (const [name, value] of Object.entries(expected)) {
    if (found[name] !== value)
      return `${name}: expected ${value}, found ${found[name] ?? 'nothing'}`;
  }
  return undefined;
}

import { findRevision, makeKernel } from '@pagewright/core';
import { allForms } from '../../scenario/test/forms.js';
import { type Bound, parseBound } from '../src/index.js';
import { beginBound } from '../src/search/explore.js';
import type { Stepper } from '../src/world/stepper.js';

/** The bound of a text that is right. */
export function boundOf(text: string): Bound {
  const bound = parseBound(text, 'test.yaml');
  if (!bound.ok) throw new Error(bound.problem.message);
  return bound.value;
}

/** A form and a kernel by name. */
export function groundFor(kernelName: string, formName = 'x86_64') {
  const revision = findRevision(kernelName);
  if (!revision.ok) throw new Error(revision.problem.message);
  const form = allForms.form(formName, revision.value);
  if (!form.ok) throw new Error(form.problem.message);
  const kernel = makeKernel({ revision: revision.value, form: form.value.definition, config: {} });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  return { form: form.value, kernel: kernel.value };
}

/** A bound, ready for its first action. */
export function stepperOf(bound: Bound, kernelName: string, formName?: string): Stepper {
  const { form, kernel } = groundFor(kernelName, formName);
  const stepper = beginBound(bound, form, kernel);
  if (!stepper.ok) throw new Error(stepper.problem.message);
  return stepper.value;
}

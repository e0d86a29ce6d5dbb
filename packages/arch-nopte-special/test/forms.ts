import type { EntryForm, HeaderGeneration } from '@pagewright/core';
import { nopteSpecial, nopteSpecialForm } from '../src/index.js';

/** A form that must exist. */
export function formOf(name: string, headers?: HeaderGeneration): EntryForm {
  const made = nopteSpecialForm(name, headers === undefined ? {} : { headers });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

/** Every form in every generation. */
export const allForms = nopteSpecial.forms.flatMap(({ name, headers }) =>
  headers.map((generation) => formOf(name, generation)),
);

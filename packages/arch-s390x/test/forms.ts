import type { EntryForm, HeaderGeneration } from '@pagewright/core';
import { s390x } from '../src/index.js';

/** A form that must exist. */
export function formOf(name: string, headers?: HeaderGeneration): EntryForm {
  const found = s390x.form(name, headers === undefined ? {} : { headers });
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}

/** Every form in every generation that it exists in. */
export const everyForm: readonly EntryForm[] = s390x.forms.flatMap(({ name, headers }) =>
  headers.map((generation) => formOf(name, generation)),
);

/** How tests name a form. */
export const title = (form: EntryForm): string => `${form.name} ${form.headers}`;

import {
  type EntryForm,
  type FormDefinition,
  fail,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import { backendOfForm } from '../backends.js';
import { formOfRevision, revisionsOf } from '../forms.js';

/** A form under the kernels that a table is about. */
export interface FormOfKernels {
  readonly revisions: readonly Revision[];
  readonly formOf: (revision: Revision) => Result<EntryForm>;
  /** As the first of them has it. */
  readonly definition: FormDefinition;
}

/**
 * The kernels that an option names, `all` when it is left out, as far as the form has their headers.
 * Codes: `unknown-form`, `unknown-revision`, `unknown-headers` for a kernel without the form.
 */
export async function formsOfKernels(name: string, kernel = 'all'): Promise<Result<FormOfKernels>> {
  const backend = await backendOfForm(name);
  if (!backend.ok) return backend;
  const asked = revisionsOf(kernel);
  if (!asked.ok) return asked;
  const has = backend.value.forms.find((form) => form.name === name)?.headers ?? [];
  const revisions = asked.value.filter(({ headers }) => has.includes(headers));
  const formOf = (revision: Revision): Result<EntryForm> =>
    formOfRevision(backend.value, name, revision, {});
  const [first] = revisions;
  if (first === undefined) {
    const message = `${name} has no headers of kernel ${kernel}; it has those of ${has.join(', ')}`;
    return fail('unknown-headers', message, { form: name, kernel });
  }
  const form = formOf(first);
  return form.ok ? ok({ revisions, formOf, definition: form.value.definition }) : form;
}

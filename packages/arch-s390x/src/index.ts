/**
 * @pagewright/arch-s390x: s390x page-table entries with 3, 4 and 5 levels.
 * @packageDocumentation
 */
import { type ArchBackend, type EntryForm, findForm, ok, type Result } from '@pagewright/core';
import { dumpedForm } from './dumped-form.js';
import { buildForm, type S390xFormOptions } from './form.js';
import { FORMS, summary } from './forms.js';

export type { S390xFormOptions } from './form.js';

/**
 * Builds an s390x form by name; `bits` puts another bit table in the place of the form's own.
 * Code `unknown-form` for a name or a header generation that does not exist.
 */
export function s390xForm(name: string, options: S390xFormOptions = {}): Result<EntryForm> {
  const found = findForm('s390x', FORMS, name, options.headers);
  return found.ok ? ok(buildForm(found.value.spec, options, found.value.headers)) : found;
}

/** The s390x backend. */
export const s390x: ArchBackend = {
  arch: 's390x',
  forms: FORMS.map((spec) => ({ name: spec.name, summary: summary(spec), headers: spec.headers })),
  form: s390xForm,
  /** The form of the kernel's own tables; every process has a form of its own (see `/kernel`). */
  formFromDump(facts) {
    const found = dumpedForm(facts);
    if (!found.ok) return found;
    const { spec, headers } = found.value;
    return s390xForm(spec.name, { headers });
  },
};

/**
 * @pagewright/arch-arm64: arm64 page-table entries with 4, 16 and 64 KiB pages.
 * @packageDocumentation
 */
import { type ArchBackend, type EntryForm, findForm, ok, type Result } from '@pagewright/core';
import { type Arm64FormOptions, buildForm } from './form.js';
import { FORMS, summary } from './forms.js';
import { dumpedForm } from './kernel.js';

export type { Arm64FormOptions } from './form.js';

/**
 * Builds an arm64 form by name; `bits` puts another bit table in the place of the form's own.
 * Code `unknown-form` for a name or a header generation that does not exist.
 */
export function arm64Form(name: string, options: Arm64FormOptions = {}): Result<EntryForm> {
  const found = findForm('arm64', FORMS, name, options.headers);
  return found.ok ? ok(buildForm(found.value.spec, options, found.value.headers)) : found;
}

/** The arm64 backend. */
export const arm64: ArchBackend = {
  arch: 'arm64',
  forms: FORMS.map((spec) => ({ name: spec.name, summary: summary(spec), headers: spec.headers })),
  form: arm64Form,
  formFromDump(facts) {
    const found = dumpedForm(facts);
    if (!found.ok) return found;
    const { spec, headers } = found.value;
    return arm64Form(spec.name, { headers });
  },
};

/**
 * @pagewright/arch-x86: x86-64 page-table entries with 4 and 5 levels.
 * @packageDocumentation
 */
import { type ArchBackend, type EntryForm, findForm, ok, type Result } from '@pagewright/core';
import { buildForm, type X86FormOptions } from './form.js';
import { FORMS, summary } from './forms.js';
import { dumpedKernel } from './kernel.js';

export type { X86FormOptions } from './form.js';

/**
 * Builds an x86-64 form by name; `bits` puts another bit table in the place of the form's own.
 * Code `unknown-form` for a name or a header generation that does not exist.
 */
export function x86Form(name: string, options: X86FormOptions = {}): Result<EntryForm> {
  const found = findForm('x86', FORMS, name, options.headers);
  return found.ok ? ok(buildForm(found.value.spec, options, found.value.headers)) : found;
}

/** The x86 backend. */
export const x86: ArchBackend = {
  arch: 'x86',
  forms: FORMS.map((spec) => ({ name: spec.name, summary: summary(spec), headers: spec.headers })),
  form: x86Form,
  /**
   * VMCOREINFO tells levels and generation. It says nothing about DEVICE_PRIVATE (assumed on: swap
   * type numbers), shadow stacks (assumed off) and page-table isolation (assumed built in, so that
   * NX at the top is no sign of a bad entry); a caller who knows the configuration builds the form
   * with `x86Form` and these options.
   */
  formFromDump(facts) {
    const found = dumpedKernel(facts);
    if (!found.ok) return found;
    const { levels, headers } = found.value;
    return x86Form(levels === 5 ? 'x86_64-la57' : 'x86_64', {
      headers,
      config: { MITIGATION_PAGE_TABLE_ISOLATION: 'y' },
    });
  },
};

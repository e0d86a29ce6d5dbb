/**
 * @pagewright/arch-nopte-special: architectures whose page-table entries have no special bit.
 * @packageDocumentation
 */
import {
  type ArchBackend,
  type BitTable,
  EntryForm,
  type FormOptions,
  findForm,
  ok,
  type Result,
} from '@pagewright/core';
import { alpha } from './alpha/form.js';
import type { FormSpec } from './form-spec.js';
import { dumpedGeneration } from './kernel.js';
import { m68k } from './m68k/form.js';
import { um } from './um/form.js';

/** Options of a form, and a bit table to use instead of the form's own (tests move bits so). */
export interface NopteSpecialFormOptions extends FormOptions {
  readonly bits?: BitTable;
}

const SPECS: readonly FormSpec[] = [um, alpha, m68k];

/**
 * Builds a form by name. Code `unknown-form` for a name or a header generation that does not exist.
 * `devicePrivate` and `devmap` change nothing: these architectures cannot be configured with either.
 */
export function nopteSpecialForm(
  name: string,
  options: NopteSpecialFormOptions = {},
): Result<EntryForm> {
  const found = findForm('nopte-special', SPECS, name, options.headers);
  if (!found.ok) return found;
  const { spec, headers } = found.value;
  return ok(new EntryForm(spec.define(headers, options.bits)));
}

/** The backend of um, alpha and m68k. */
export const nopteSpecial: ArchBackend = {
  arch: 'nopte-special',
  forms: SPECS.map(({ name, summary, headers }) => ({ name, summary, headers })),
  form: nopteSpecialForm,
  formFromDump(facts) {
    const headers = dumpedGeneration(facts);
    return headers.ok ? nopteSpecialForm(um.name, { headers: headers.value }) : headers;
  },
};

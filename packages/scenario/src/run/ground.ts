import {
  type ConfigChoice,
  type ConfigName,
  type EntryForm,
  fail,
  type Kernel,
  makeKernel,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import type { ScenarioFile } from '../format/definition.js';
import { has, NEEDS } from '../format/needs.js';
import type { FormSource } from '../setup/forms.js';

/** What of a file, of a scenario or another kind, says what it runs on. */
export type GroundFile = Pick<ScenarioFile, 'machine' | 'needs'>;

/** What a scenario runs on. */
export interface Ground {
  readonly form: EntryForm;
  readonly kernel: Kernel;
}

/**
 * A form and a kernel in the configuration of a scenario; `why` it cannot run there. Codes: those
 * of `makeKernel`.
 */
export function groundOf(
  { file }: { readonly file: GroundFile },
  source: FormSource,
  name: string,
  revision: Revision,
): Result<Ground | { readonly why: string }> {
  const form = source.form(name, revision);
  if (!form.ok) return ok({ why: `no such form with headers ${revision.headers}` });
  const config = configOf(file);
  const kernel = makeKernel({ revision, form: form.value.definition, config });
  if (!kernel.ok) return kernel;
  const lacking = (file.needs ?? []).find((need) => !has(need, form.value, kernel.value));
  if (lacking !== undefined) return ok({ why: `needs ${lacking}: ${NEEDS[lacking]}` });
  return ok({ form: form.value, kernel: kernel.value });
}

/** The options that a file sets. */
export const configOf = ({ machine }: GroundFile): ConfigChoice =>
  Object.fromEntries(
    Object.entries(machine?.config ?? {}).map(([name, value]) => [
      name as ConfigName,
      value === 'y',
    ]),
  );

/** Code `unknown-form`, with those known. */
export function unknownForm(source: FormSource, name: string): Result<never> {
  const known = source.names.join(', ');
  return fail('unknown-form', `unknown form "${name.slice(0, 40)}"; known: ${known}`);
}

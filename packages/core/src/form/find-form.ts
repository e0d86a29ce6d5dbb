import { fail, ok, type Result } from '../outcome.js';
import type { HeaderGeneration } from './level.js';

/** What a backend's specification of a form says at least. */
export interface FormSpecification {
  readonly name: string;
  /** Generations that the form exists in, oldest first. */
  readonly headers: readonly HeaderGeneration[];
}

/**
 * The specification of a backend's form, and the generation that is meant: the newest that the form
 * has when none is named. Code `unknown-form` for a name or a generation that does not exist.
 */
export function findForm<S extends FormSpecification>(
  arch: string,
  specs: readonly S[],
  name: string,
  headers?: HeaderGeneration,
): Result<{ readonly spec: S; readonly headers: HeaderGeneration }> {
  const spec = specs.find((each) => each.name === name);
  if (spec === undefined) {
    const shown = name.slice(0, 40);
    return fail('unknown-form', `${arch} has no form "${shown}"`, { name: shown });
  }
  const found = headers === undefined ? spec.headers.at(-1) : headers;
  if (found === undefined || !spec.headers.includes(found)) {
    const message = `${name} does not exist with headers ${found}`;
    return fail('unknown-form', message, { name, headers: `${found}` });
  }
  return ok({ spec, headers: found });
}

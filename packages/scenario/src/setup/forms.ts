import type { EntryForm, Result, Revision } from '@pagewright/core';

/** Where forms come from: the caller knows the architectures. */
export interface FormSource {
  /** Names of all forms. */
  readonly names: readonly string[];
  /** A form as the headers of a revision have it; a problem where there is none. */
  readonly form: (name: string, revision: Revision) => Result<EntryForm>;
}

/** The same forms, each made once. */
export function rememberForms(source: FormSource): FormSource {
  const known = new Map<string, Result<EntryForm>>();
  return {
    names: source.names,
    form: (name, revision) => {
      const key = `${name} ${revision.id}`;
      const found = known.get(key) ?? source.form(name, revision);
      known.set(key, found);
      return found;
    },
  };
}

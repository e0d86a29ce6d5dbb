import type { EntryForm, Result, Revision } from '@pagewright/core';

/** Where forms come from: the caller knows the architectures. */
export interface FormSource {
  /** Names of all forms. */
  readonly names: readonly string[];
  /** A form as the headers of a revision have it; a problem where there is none. */
  readonly form: (name: string, revision: Revision) => Result<EntryForm>;
}

/** The same forms, each made once for a revision. */
export function rememberForms(source: FormSource): FormSource {
  const known = new WeakMap<Revision, Map<string, Result<EntryForm>>>();
  return {
    names: source.names,
    form: (name, revision) => {
      const forms = known.get(revision) ?? new Map<string, Result<EntryForm>>();
      known.set(revision, forms);
      const found = forms.get(name) ?? source.form(name, revision);
      forms.set(name, found);
      return found;
    },
  };
}

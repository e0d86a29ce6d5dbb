import {
  changesOf,
  type EntryForm,
  FORM_CHANGES,
  type Result,
  type Revision,
} from '@pagewright/core';

/** Where forms come from: the caller knows the architectures. */
export interface FormSource {
  /** Names of all forms. */
  readonly names: readonly string[];
  /** A form as the headers of a revision have it; a problem where there is none. */
  readonly form: (name: string, revision: Revision) => Result<EntryForm>;
}

/** The same forms, each made once: kernels share it that have the same of what it depends on. */
export function rememberForms(source: FormSource): FormSource {
  const known = new Map<string, Result<EntryForm>>();
  const kinds = new WeakMap<Revision, string>();
  return {
    names: source.names,
    form: (name, revision) => {
      const kind = kinds.get(revision) ?? kindOf(revision);
      kinds.set(revision, kind);
      const key = `${name} ${kind}`;
      const found = known.get(key) ?? source.form(name, revision);
      known.set(key, found);
      return found;
    },
  };
}

/** What the forms of a revision depend on. */
function kindOf(revision: Revision): string {
  const ids = FORM_CHANGES.filter((id) => contains(revision, id));
  return [revision.headers, ...ids].join(' ');
}

/** A revision without a base lists all that it is made of; one that cannot be made has no form. */
function contains(revision: Revision, id: string): boolean {
  if (revision.basedOn === null) return revision.changes.includes(id);
  const changes = changesOf(revision);
  return changes.ok && changes.value.some((change) => change.id === id);
}

import { fail, revisionForm } from '@pagewright/core';
import { type FormSource, rememberForms } from '@pagewright/scenario';
import { allBackends } from '../backends.js';

/** All forms of all architectures, as scenarios ask for them. */
export async function formSource(): Promise<FormSource> {
  const backends = await allBackends();
  return rememberForms({
    names: backends.flatMap(({ forms }) => forms.map(({ name }) => name)),
    form: (name, revision) => {
      const backend = backends.find(({ forms }) => forms.some((form) => form.name === name));
      return backend === undefined
        ? fail('unknown-form', `unknown form "${name.slice(0, 40)}"`)
        : revisionForm(backend, name, revision);
    },
  });
}

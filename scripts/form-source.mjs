import { fail, revisionForm } from '../packages/core/dist/index.js';
import { rememberForms } from '../packages/scenario/dist/index.js';
import { builtBackends } from './built-backends.mjs';

/** Every form of every architecture, x86 first, as the command line has them. */
export async function formSource() {
  const backends = (await builtBackends()).sort((a, b) => (b.arch > a.arch ? 1 : -1));
  const ownerOf = (name) => backends.find(({ forms }) => forms.some((form) => form.name === name));
  return rememberForms({
    names: backends.flatMap(({ forms }) => forms.map(({ name }) => name)),
    form: (name, revision) => {
      const backend = ownerOf(name);
      return backend === undefined
        ? fail('unknown-form', `unknown form "${name}"`)
        : revisionForm(backend, name, revision);
    },
  });
}

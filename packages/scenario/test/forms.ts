import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { fail, revisionForm } from '@pagewright/core';
import { type FormSource, rememberForms } from '../src/index.js';

const BACKENDS = [x86, arm64, s390x, nopteSpecial];

/** Every form of every architecture. */
export const allForms: FormSource = rememberForms({
  names: BACKENDS.flatMap(({ forms }) => forms.map(({ name }) => name)),
  form: (name, revision) => {
    const backend = BACKENDS.find(({ forms }) => forms.some((form) => form.name === name));
    if (backend === undefined) return fail('unknown-form', `unknown form ${name}`);
    return revisionForm(backend, name, revision);
  },
});

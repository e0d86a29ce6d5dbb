import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import {
  type ArchBackend,
  type ConfigChoice,
  findRevision,
  makeKernel,
  type Result,
  type Revision,
  revisionForm,
} from '@pagewright/core';
import { type Machine, type StandardMachine, standardMachine } from '../src/index.js';

const BACKENDS: Readonly<Record<string, readonly [ArchBackend, string]>> = {
  x86: [x86, 'x86_64'],
  arm64: [arm64, arm64.forms[0]?.name as string],
  s390x: [s390x, s390x.forms[0]?.name as string],
  um: [nopteSpecial, 'um'],
};

/** Architectures that models are tested on. */
export const ARCHITECTURES = Object.keys(BACKENDS);

/** A standard machine of an architecture and a revision. Throws when there is none. */
export function machineOf(
  arch: string,
  revision: string | Revision,
  parts: Partial<StandardMachine> & { readonly config?: ConfigChoice } = {},
): Machine {
  const known = typeof revision === 'string' ? must(findRevision(revision)) : revision;
  const [backend, name] = BACKENDS[arch] as readonly [ArchBackend, string];
  const form = must(revisionForm(backend, name, known));
  const { config = {}, ...rest } = parts;
  const kernel = must(makeKernel({ revision, form: form.definition, config }));
  return standardMachine({ form, kernel, ...rest });
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

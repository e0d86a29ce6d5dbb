import { formOfFolder, type VectorFolder } from '@pagewright/conformance';
import { type ArchBackend, type EntryForm, fail, ok, type Result } from '@pagewright/core';

/** A form to test, and the vectors that it is compared with, if there are any. */
export interface Target {
  readonly form: EntryForm;
  readonly folder?: VectorFolder;
}

/** A folder that is compared with nothing, and why. */
export interface LeftFolder {
  readonly folder: string;
  readonly why: string;
}

/** What is tested. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly left: readonly LeftFolder[];
}

/**
 * Every form of every backend in every header generation, each with its folder of vectors: a form
 * with vectors is built as the facts of their kernel say. Code `bad-backend` when a backend does not
 * build a form that it lists.
 */
export function targetsOf(
  backends: readonly ArchBackend[],
  folders: readonly VectorFolder[],
): Result<Targets> {
  const left: LeftFolder[] = [];
  const withFolder: Target[] = [];
  for (const folder of folders) {
    const form = formOfFolder(backends, folder);
    if (form.ok) withFolder.push({ form: form.value, folder });
    else left.push({ folder: folder.name, why: form.problem.message });
  }
  const targets: Target[] = [];
  for (const backend of backends) {
    for (const { name, headers } of backend.forms) {
      for (const generation of headers) {
        const known = withFolder.filter(
          ({ form }) => form.name === name && form.headers === generation,
        );
        targets.push(...known);
        if (known.length > 0) continue;
        const form = backend.form(name, { headers: generation });
        if (!form.ok) {
          const message = `backend ${backend.arch} lists ${name} (headers ${generation}), but: ${form.problem.message}`;
          return fail('bad-backend', message, { form: name, headers: generation });
        }
        targets.push({ form: form.value });
      }
    }
  }
  return ok({ targets, left });
}

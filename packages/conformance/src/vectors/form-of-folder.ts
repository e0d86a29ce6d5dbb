import {
  type ArchBackend,
  type EntryForm,
  fail,
  HEADER_GENERATIONS,
  type HeaderGeneration,
  type Result,
} from '@pagewright/core';
import type { Facts, VectorFolder } from './folder.js';

/**
 * Which form a folder's vectors are about: its name is a form's name, or begins with one; the
 * headers' generation and the options that move numbers come from `facts.json`.
 */
export function formOfFolder(
  backends: readonly ArchBackend[],
  folder: VectorFolder,
): Result<EntryForm> {
  const candidates = backends.flatMap((backend) =>
    backend.forms.map(({ name }) => ({ backend, name })),
  );
  const fits = candidates
    .filter(({ name }) => folder.name === name || folder.name.startsWith(`${name}-`))
    .sort((a, b) => b.name.length - a.name.length);
  const best = fits[0];
  if (best === undefined) {
    return fail('unknown-form', `no backend has a form for the vectors in ${folder.name}`, {
      folder: folder.name,
    });
  }
  const headers = headersOf(folder.facts);
  const devicePrivate = folder.facts?.config?.DEVICE_PRIVATE;
  return best.backend.form(best.name, {
    ...(headers === undefined ? {} : { headers }),
    ...(devicePrivate === undefined ? {} : { devicePrivate: devicePrivate === 'y' }),
  });
}

/** The generation that a folder's kernel belongs to: facts name the tree, `6.12.117 (...)`. */
export function headersOf(facts: Facts | undefined): HeaderGeneration | undefined {
  const release = /^\d+\.\d+/.exec(facts?.kernel ?? '')?.[0];
  return HEADER_GENERATIONS.find((generation) => generation === release);
}

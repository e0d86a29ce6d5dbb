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
 * Which form a folder's vectors are about: its name is a form's name, or one followed by a kernel
 * release (`arm64-16k`, `um-7.2`), so that no form is taken for a longer one's; the headers' generation and the options that move numbers come from `facts.json`.
 */
export function formOfFolder(
  backends: readonly ArchBackend[],
  folder: VectorFolder,
): Result<EntryForm> {
  const candidates = backends.flatMap((backend) =>
    backend.forms.map(({ name }) => ({ backend, name })),
  );
  const asked = folder.name.replace(/-v?\d+\.\d+(\.\d+)?$/, '');
  const best = candidates.find(({ name }) => folder.name === name || asked === name);
  if (best === undefined) {
    return fail('unknown-form', `no backend has a form for the vectors in ${folder.name}`, {
      folder: folder.name,
    });
  }
  const headers = headersOf(folder.facts) ?? headersOfRows(folder);
  const config = folder.facts?.config ?? {};
  const devicePrivate = config.DEVICE_PRIVATE;
  return best.backend.form(best.name, {
    config,
    ...(headers === undefined ? {} : { headers }),
    ...(devicePrivate === undefined ? {} : { devicePrivate: devicePrivate === 'y' }),
  });
}

/** The generation that a folder's kernel belongs to: facts name the tree, `6.12.117 (...)`. */
export function headersOf(facts: Facts | undefined): HeaderGeneration | undefined {
  const release = /^\d+\.\d+/.exec(facts?.kernel ?? '')?.[0];
  return HEADER_GENERATIONS.find((generation) => generation === release);
}

/** Keys that only rows of one generation have (golden-7.2's new and gone keys). */
const TELLING_KEYS: readonly (readonly [key: string, generation: HeaderGeneration])[] = [
  ['"uffd_marker"', '7.2'],
  ['"is_huge"', '7.2'],
  ['"softleaf_type"', '7.2'],
  ['"op":"make_device_exclusive_entry"', '7.2'],
  ['"none_mostly"', '6.12'],
  ['"devmap"', '6.12'],
  ['"op":"mk_pmd"', '6.12'],
];

/** Without facts, the rows tell: the first key in any file that only one generation has. */
function headersOfRows(folder: VectorFolder): HeaderGeneration | undefined {
  for (const file of folder.files) {
    for (const line of file.lines()) {
      const found = TELLING_KEYS.find(([key]) => line.includes(key));
      if (found !== undefined) return found[1];
    }
  }
  return undefined;
}

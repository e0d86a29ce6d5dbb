import {
  type ArchBackend,
  ok,
  REVISIONS,
  type Result,
  type Revision,
  revisionForm,
} from '@pagewright/core';
import { encodingsMatrix } from '../insertion-matrix/encoding-rows.js';
import { insertionMatrix } from '../insertion-matrix/insertions.js';
import type { FormInsertions } from '../insertion-matrix/markdown.js';
import { flipsMatrix } from './flips.js';
import { DEFAULT_MEMORY, parseMemory } from './layout.js';
import type { FormFlips } from './markdown.js';
import { pmdFlipsMatrix } from './pmd-flips.js';

/** What the documents about flips and insertion are made of. */
export interface DocumentedForms {
  readonly flips: readonly FormFlips[];
  readonly insertions: readonly FormInsertions[];
}

/** Computes the tables of the documents for forms, by name, and all revisions. Codes: those of the tables. */
export function documentedForms(
  backends: readonly ArchBackend[],
  forms: readonly string[],
): Result<DocumentedForms> {
  const flips: FormFlips[] = [];
  const insertions: FormInsertions[] = [];
  for (const form of forms) {
    const backend = backends.find(({ forms }) => forms.some(({ name }) => name === form));
    if (backend === undefined) continue;
    const formOf = (revision: Revision) => revisionForm(backend, form, revision);
    const first = formOf(REVISIONS[0] as Revision);
    if (!first.ok) return first;
    const { pageShift, wordBits, arch, pageTableCheck } = first.value.definition;
    const layout = parseMemory(DEFAULT_MEMORY[wordBits]);
    if (!layout.ok) return layout;
    const matrix = flipsMatrix(REVISIONS, formOf, layout.value);
    if (!matrix.ok) return matrix;
    const pmds = pmdFlipsMatrix(REVISIONS, formOf, layout.value);
    if (!pmds.ok) return pmds;
    const levels = insertionMatrix(REVISIONS, formOf);
    if (!levels.ok) return levels;
    const encodings = encodingsMatrix(REVISIONS, formOf, layout.value);
    if (!encodings.ok) return encodings;
    flips.push({
      form,
      arch,
      tableCheckSince: pageTableCheck?.since,
      pageShift,
      matrix: matrix.value,
      pmds: pmds.value,
    });
    insertions.push({ form, levels: levels.value, encodings: encodings.value });
  }
  return ok({ flips, insertions });
}

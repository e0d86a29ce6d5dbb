import {
  DEFAULT_MEMORY,
  documentedForms,
  flipsMarkdown,
  insertionMarkdown,
} from '../packages/mm/dist/matrices.js';
import { builtBackends } from './built-backends.mjs';

/** Tables of flips and insertions for the forms that the documents show, computed once for both. */
let tables;
const computed = async () => {
  if (tables === undefined) {
    const found = documentedForms(await builtBackends());
    if (!found.ok) throw new Error(found.problem.message);
    tables = found.value;
  }
  return tables;
};

/** docs/flips.md. */
export const flipsPage = async () => flipsMarkdown((await computed()).flips);

/** docs/insertion.md. */
export const insertionPage = async () =>
  insertionMarkdown((await computed()).insertions, DEFAULT_MEMORY[64]);

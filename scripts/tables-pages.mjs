import {
  DEFAULT_MEMORY,
  documentedForms,
  flipsMarkdown,
  insertionMarkdown,
} from '../packages/mm/dist/matrices.js';
import { builtBackends } from './built-backends.mjs';

/** Forms that the documents show: one of each kind of special mark. */
const DOCUMENTED = ['x86_64', 'arm64', 's390x', 'um'];

/** Tables of flips and insertions for the forms that the documents show, computed once for both. */
let tables;
const computed = async () => {
  if (tables === undefined) {
    const found = documentedForms(await builtBackends(), DOCUMENTED);
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

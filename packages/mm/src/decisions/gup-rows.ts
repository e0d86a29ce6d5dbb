import { gupFolioRows } from './gup-folio-rows.js';
import { gupVmaRows } from './gup-vma-rows.js';
import { comparing, type DecisionComparer } from './row.js';

/** Group `gup`: what GUP's paths decide by. */
export const gupComparer: DecisionComparer = {
  group: 'gup',
  compare: comparing({ ...gupVmaRows, ...gupFolioRows }),
};

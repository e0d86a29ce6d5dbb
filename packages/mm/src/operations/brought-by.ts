import type { ChangeId } from '@pagewright/core';
import type { Model } from '../model.js';
import type { Operation } from './operation.js';

/** Functions that not every kernel has, and the change that each came with. */
export const BROUGHT_BY: Readonly<Record<string, ChangeId>> = {
  vmf_insert_page_mkwrite: 'vmf-insert-page-mkwrite',
  vmf_insert_folio_pmd: 'insert-folio-pmd',
  vmf_insert_folio_pud: 'insert-folio-pud',
  folio_add_file_rmap_pud: 'rmap-pud',
  folio_remove_rmap_pud: 'rmap-pud',
  folio_walk_start: 'folio-walk',
  pfn_mkclean_range: 'pfn-mkclean-range',
};

/** The kernel has the function at all. */
export function hasFunction(model: Model, { name }: Operation): boolean {
  const change = BROUGHT_BY[name];
  return change === undefined || model.has(change);
}

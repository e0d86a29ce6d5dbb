import type { MappingLevel } from '@pagewright/core';
import type { Model } from '../model.js';
import { uncountMappings } from './mapcount.js';
import { checkRmap } from './sanity.js';

/** folio_remove_rmap_ptes(), _pmd() and _pud(); page_remove_rmap() in 6.1 (SPEC 9.4). */
export function removeRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  checkRmap(model, frame, nr, level);
  uncountMappings(model, frame, nr, vma, level);
}

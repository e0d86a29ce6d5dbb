import type { MappingLevel } from '@pagewright/core';
import { folioOf, isAnon } from '../frames/folio.js';
import type { Model } from '../model.js';
import { countMappings } from './mapcount.js';
import { checkRmap } from './sanity.js';
import { countsAsAnon } from './statistics.js';

/** folio_add_file_rmap_ptes(), _pmd() and _pud(); page_add_file_rmap() in 6.1 (SPEC 9.3). */
export function addFileRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  const folio = folioOf(model, frame);
  if (model.has('rmap-by-level') && isAnon(model, folio)) model.vmWarn('file-rmap-of-anon');
  checkRmap(model, frame, nr, level);
  countMappings(model, frame, nr, vma, level, countsAsAnon(model, folio, false));
}

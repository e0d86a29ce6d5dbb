import type { MappingLevel } from '@pagewright/core';
import { folioOf, isAnon } from '../frames/folio.js';
import type { Model } from '../model.js';
import { countMappings } from './mapcount.js';
import { checkRmap } from './sanity.js';
import { countMapped } from './statistics.js';

/** folio_add_file_rmap_ptes(), _pmd() and _pud() (SPEC 9.3). */
export function addFileRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  const folio = folioOf(model, frame);
  checkRmap(model, frame, nr, vma, level);
  if (isAnon(model, folio)) model.vmWarn('file-rmap-of-anon');
  countMapped(model, folio, countMappings(model, frame, nr, level));
}

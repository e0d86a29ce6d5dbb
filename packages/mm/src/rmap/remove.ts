import type { MappingLevel } from '@pagewright/core';
import { folioOf } from '../frames/folio.js';
import type { Model } from '../model.js';
import { uncountMappings } from './mapcount.js';
import { checkRmap } from './sanity.js';
import { countMapped } from './statistics.js';

/** folio_remove_rmap_ptes(), _pmd() and _pud() (SPEC 9.4). */
export function removeRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  checkRmap(model, frame, nr, vma, level);
  countMapped(model, folioOf(model, frame), -uncountMappings(model, frame, nr, level));
}

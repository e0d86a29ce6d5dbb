import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioOf, isAnon, isAnonExclusive, pgmapType, setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { countMappings } from './mapcount.js';
import { folioNeedsCowForDma } from './pins.js';
import { checkRmap } from './sanity.js';

/** folio_dup_file_rmap_ptes() and _pmd(): fork maps pages of a file once more (SPEC 9.6). */
export function dupFileRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  checkRmap(model, frame, nr, vma, level);
  countMappings(model, frame, nr, level);
}

/**
 * folio_try_dup_anon_rmap_ptes() and _pmd(): fork shares anonymous pages, so that none is exclusive
 * any more. -EBUSY, with nothing changed, when an exclusive one may be pinned (SPEC 9.6).
 */
export function tryDupAnonRmap(
  model: Model,
  frame: number,
  nr: number,
  dstVma: number,
  srcVma: number,
  level: MappingLevel = 'pte',
): number {
  const folio = folioOf(model, frame);
  checkRmap(model, frame, nr, dstVma, level);
  if (!isAnon(model, folio)) model.vmWarn('anon-rmap-of-non-anon');
  const pages = level === 'pte' ? nr : 1;
  const device = pgmapType(model, folio) === PGMAP_TYPE.private;
  const pinned = !device && folioNeedsCowForDma(model, srcVma, folio);
  for (let i = 0; pinned && i < pages; i++) {
    if (isAnonExclusive(model, frame + i)) return ERRNO.EBUSY;
  }
  for (let i = 0; i < pages; i++) setFlag(model, frame + i, PAGE_FLAG.anonExclusive, false);
  countMappings(model, frame, nr, level);
  return 0;
}

import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioOf, isAnon, isAnonExclusive, pgmapType, setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { pagesOfLevel } from '../tables/tables.js';
import { folioMaybeDmaPinned } from './pins.js';
import { checkRmap } from './sanity.js';

/**
 * folio_try_share_anon_rmap_pte() and _pmd(), page_try_share_anon_rmap() in 6.1: an exclusive page is
 * about to be unmapped, or shared by KSM; its entry is cleared already. -EBUSY when it may be pinned
 * (SPEC 9.7).
 */
export function tryShareAnonRmap(model: Model, frame: number, level: MappingLevel = 'pte'): number {
  const folio = folioOf(model, frame);
  const isExclusive = isAnonExclusive(model, frame);
  if (model.has('rmap-by-level')) {
    if (!isAnon(model, folio)) model.vmWarn('anon-rmap-of-non-anon');
    if (!isExclusive) model.vmWarn('not-exclusive');
  } else if (!isAnon(model, folio) || !isExclusive) model.vmBug('not-anon-exclusive');
  checkRmap(model, frame, level === 'pte' ? 1 : pagesOfLevel(model, level), level);
  if (!mayShare(model, folio)) return ERRNO.EBUSY;
  endExclusive(model, frame);
  return 0;
}

/** The test of `tryShareAnonRmap`: nobody may have the page pinned; a device's own pages are never. */
export const mayShare = (model: Model, folio: number): boolean =>
  pgmapType(model, folio) === PGMAP_TYPE.private || !folioMaybeDmaPinned(model, folio);

/** What follows the test: the page belongs to nobody alone any more. */
export const endExclusive = (model: Model, frame: number): void =>
  setFlag(model, frame, PAGE_FLAG.anonExclusive, false);

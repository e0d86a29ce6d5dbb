import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioOf, isAnon, isAnonExclusive, pgmapType, setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { folioMaybeDmaPinned } from './pins.js';

/**
 * folio_try_share_anon_rmap_pte() and _pmd(): an exclusive page is about to be unmapped, or shared
 * by KSM; its entry is cleared already. -EBUSY when it may be pinned (SPEC 9.7).
 */
export function tryShareAnonRmap(
  model: Model,
  frame: number,
  _level: MappingLevel = 'pte',
): number {
  const folio = folioOf(model, frame);
  if (!isAnon(model, folio)) model.vmWarn('anon-rmap-of-non-anon');
  if (!isAnonExclusive(model, frame)) model.vmWarn('not-exclusive');
  const device = pgmapType(model, folio) === PGMAP_TYPE.private;
  if (!device && folioMaybeDmaPinned(model, folio)) return ERRNO.EBUSY;
  setFlag(model, frame, PAGE_FLAG.anonExclusive, false);
  return 0;
}

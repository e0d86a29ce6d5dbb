import { isFsdax, isZeroFrame, pgmapType } from '../frames/folio.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';

/**
 * folio_is_longterm_pinnable(): a pin that may last for ever would keep the folio's memory from its
 * use (include/linux/mm.h; SPEC 5.7).
 */
export function folioIsLongtermPinnable(model: Model, folio: number): boolean {
  const { memory } = model.machine;
  if (model.config.CMA && memory.pageblock(folio) !== undefined) return false;
  if (isZeroFrame(model, folio)) return true;
  if (pgmapType(model, folio) === PGMAP_TYPE.coherent) return false;
  if (model.has('fsdax-not-longterm') && isFsdax(model, folio)) return false;
  return memory.zone(folio) !== 'movable';
}

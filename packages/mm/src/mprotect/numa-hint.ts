import { folioOf, hasFlag, isKsm, isZoneDevice, refcount } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { folioMaybeMappedShared } from '../rmap/mm-id.js';
import { folioMaybeDmaPinned } from '../rmap/pins.js';
import { isCow } from '../vma/vma.js';

/**
 * folio_can_map_prot_numa(): a hinting fault on the page could tell something, and the page could be
 * moved then. `frame` is -1 where there is no normal page. One memory node: its distance is not asked
 * (mm/mprotect.c; SPEC 8.2, SPEC-7.2 8.7).
 */
export function takesNumaHint(model: Model, vma: number, frame: number): boolean {
  if (frame < 0) return false;
  const folio = folioOf(model, frame);
  if (isZoneDevice(model, folio) || isKsm(model, folio)) return false;
  if (isShared(model, vma, folio)) return false;
  return hasFlag(model, folio, PAGE_FLAG.swapbacked) || !hasFlag(model, folio, PAGE_FLAG.dirty);
}

/** Somebody else has the page as well, so that one process's hints say little of it. */
function isShared(model: Model, vma: number, folio: number): boolean {
  const cow = isCow(model, vma);
  if (!model.has('manual-write-upgrade')) return cow && refcount(model, folio) !== 1;
  if ((cow || model.has('numa-filter-shared')) && folioMaybeDmaPinned(model, folio)) return true;
  return cow && folioMaybeMappedShared(model, folio);
}

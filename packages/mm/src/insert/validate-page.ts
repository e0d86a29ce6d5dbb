import { ERRNO } from '../errno.js';
import { folioOf, isAnon, isZeroFrame, pageType, refcount } from '../frames/folio.js';
import { PAGE_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { vmMixedZeropageAllowed } from './mixed-zeropage.js';

/** validate_page_before_insert(): 0, or -EINVAL for a page that may not be mapped (SPEC 3.1, 22.1). */
export function validatePageBeforeInsert(model: Model, vma: number, frame: number): number {
  const folio = folioOf(model, frame);
  if (model.has('page-count-in-validation') && refcount(model, folio) === 0) return ERRNO.EINVAL;
  if (model.has('zeropage-support') && isZeroFrame(model, frame)) {
    return vmMixedZeropageAllowed(model, vma) ? 0 : ERRNO.EINVAL;
  }
  if (isAnon(model, folio)) return ERRNO.EINVAL;
  if (!model.has('slab-is-page-type') && pageType(model, folio) === PAGE_TYPE.slab) {
    return ERRNO.EINVAL;
  }
  return pageType(model, frame) === PAGE_TYPE.none ? 0 : ERRNO.EINVAL;
}

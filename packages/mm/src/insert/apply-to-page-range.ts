import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { type SlotAt, slotMade } from '../tables/tables.js';
import { hugeLeafAt } from './locked-pte.js';

/**
 * apply_to_page_range(): calls back with every slot of a range, empty ones too, and makes the tables
 * that are missing. The first answer but 0 ends it; -EINVAL for an empty range or a huge leaf, each
 * with a warning, -ENOMEM without a table (mm/memory.c; SPEC 3.12).
 */
export function applyToPageRange(
  model: Model,
  mm: number,
  vpn: number,
  pages: number,
  visit: (slot: SlotAt, vpn: number) => number,
): number {
  if (pages <= 0) {
    model.warn('empty-range');
    return ERRNO.EINVAL;
  }
  for (let at = vpn; at < vpn + pages; at++) {
    const slot = slotMade(model, mm, at, 'pte');
    if (slot < 0) {
      if (!hugeLeafAt(model, mm, at)) return ERRNO.ENOMEM;
      model.warn('huge-leaf');
      return ERRNO.EINVAL;
    }
    const error = visit(slot, at);
    if (error !== 0) return error;
  }
  return 0;
}

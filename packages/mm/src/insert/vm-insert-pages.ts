import { ERRNO } from '../errno.js';
import { folioOf, refcount } from '../frames/folio.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { entryIn, levelNumber, type SlotAt, slotMade } from '../tables/tables.js';
import { mmOf, pageProtOf } from '../vma/vma.js';
import { insertPageIntoPteLocked } from './insert-page.js';
import { makeMixedmap } from './managed-mixedmap.js';
import { validatePageBeforeInsert } from './validate-page.js';

/** Pages to insert, and how many of them are not mapped (`*num`). */
export interface PageBatch {
  readonly frames: readonly number[];
  left: number;
}

/**
 * vm_insert_pages(): maps pages of a driver one behind the other. 0, -EFAULT outside of the VMA or
 * without a PMD table, -ENOMEM, and what inserting a page answers; the first error ends it, what is
 * mapped stays and `left` says how many are not (mm/memory.c; SPEC 3.5).
 */
export function vmInsertPages(model: Model, vma: number, vpn: number, batch: PageBatch): number {
  const { state } = model;
  const count = batch.frames.length;
  batch.left = count;
  const outside = vpn < state.get(Vma.start, vma) || vpn + count > state.get(Vma.end, vma);
  if (outside) return ERRNO.EFAULT;
  makeMixedmap(model, vma, model.has('insert-pages-warns'));
  return insertPages(model, vma, vpn, batch);
}

/** insert_pages(). The kernel takes locks for eight pages at a time, which nobody can see here. */
export function insertPages(model: Model, vma: number, vpn: number, batch: PageBatch): number {
  const mm = mmOf(model, vma);
  for (let i = 0; i < batch.frames.length; i++) {
    const frame = batch.frames[i] as number;
    const slot = slotForPages(model, mm, vpn + i);
    const error = slot < 0 ? slot : insertInBatch(model, vma, slot, frame);
    if (error !== 0) return error;
    batch.left--;
  }
  return 0;
}

/** walk_to_pmd() and pte_alloc(): a slot, or -EFAULT, -ENOMEM by which table is missing. */
function slotForPages(model: Model, mm: number, vpn: number): SlotAt {
  if (levelNumber(model, 'pmd') >= 0) {
    const above = slotMade(model, mm, vpn, 'pmd');
    if (above < 0) return ERRNO.EFAULT;
    const held = entryIn(model, above);
    if (held !== undefined && held !== NONE) {
      model.vmBug('pmd-trans-huge');
      return ERRNO.EFAULT;
    }
  }
  const slot = slotMade(model, mm, vpn, 'pte');
  return slot < 0 ? ERRNO.ENOMEM : slot;
}

/** insert_page_in_batch_locked(). */
function insertInBatch(model: Model, vma: number, slot: SlotAt, frame: number): number {
  const counted = model.has('page-count-in-validation');
  if (!counted && refcount(model, folioOf(model, frame)) === 0) return ERRNO.EINVAL;
  const refused = validatePageBeforeInsert(model, vma, frame);
  if (refused !== 0) return refused;
  return insertPageIntoPteLocked(model, vma, slot, frame, pageProtOf(model, vma), false);
}

import { ERRNO } from '../errno.js';
import { fileCounterOf, folioOf, getRefs, isZeroFrame } from '../frames/folio.js';
import { NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { Mm } from '../state/columns.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { maybeMkwrite, mmOf } from '../vma/vma.js';
import { differs } from './insert-pfn.js';
import { lockedPte } from './locked-pte.js';
import { validatePageBeforeInsert } from './validate-page.js';

/**
 * insert_page(): validates the page, finds the slot, inserts. 0, -EINVAL, -ENOMEM, -EBUSY, -EFAULT
 * (mm/memory.c; SPEC 3.3).
 */
export function insertPage(
  model: Model,
  vma: number,
  vpn: number,
  frame: number,
  prot: Prot,
  mkwrite: boolean,
): number {
  const refused = validatePageBeforeInsert(model, vma, frame);
  if (refused !== 0) return refused;
  const slot = lockedPte(model, mmOf(model, vma), vpn);
  if (slot < 0) return ERRNO.ENOMEM;
  return insertPageIntoPteLocked(model, vma, slot, frame, prot, mkwrite);
}

/** insert_page_into_pte_locked() (SPEC 3.3). */
export function insertPageIntoPteLocked(
  model: Model,
  vma: number,
  slot: SlotAt,
  frame: number,
  prot: Prot,
  mkwrite: boolean,
): number {
  const { pte, machine } = model;
  const old = entryIn(model, slot);
  if (old !== NONE) return occupied(model, vma, slot, frame, mkwrite);
  let entry = pte.leaf(machine.memory.pfn(frame), prot);
  if (model.has('zeropage-support') && isZeroFrame(model, frame)) {
    setEntry(model, slot, pte.to.mkspecial(entry));
    return 0;
  }
  const folio = folioOf(model, frame);
  if (mkwrite && model.has('mkwrite-in-fresh-entry')) {
    entry = maybeMkwrite(model, vma, pte, pte.to.mkdirty(pte.to.mkyoung(entry)));
  }
  getRefs(model, folio);
  model.state.add(fileCounterOf(model, folio, Mm), mmOf(model, vma), 1);
  addFileRmap(model, frame, 1, vma);
  setEntry(model, slot, entry);
  return 0;
}

/** The slot holds something: writing to the page that is there already is all that can be had. */
function occupied(
  model: Model,
  vma: number,
  slot: SlotAt,
  frame: number,
  mkwrite: boolean,
): number {
  const { pte, machine } = model;
  const old = entryIn(model, slot);
  if (!mkwrite || !model.has('insert-page-mkwrite') || old === undefined) return ERRNO.EBUSY;
  if (model.has('compare-only-present') && !pte.is.present(old)) return ERRNO.EBUSY;
  const refused = differs(model, old, machine.memory.pfn(frame));
  if (refused !== 0) return refused;
  setEntry(model, slot, maybeMkwrite(model, vma, pte, pte.to.mkyoung(old)));
  return 0;
}

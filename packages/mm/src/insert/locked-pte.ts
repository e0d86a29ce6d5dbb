import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { deepestSlot, entryIn, type SlotAt, slotMade } from '../tables/tables.js';

/**
 * get_locked_pte(): the slot of an address, with tables made on the way; -1 where none can be had. A
 * huge leaf in its place is a VM_BUG (mm/memory.c, walk_to_pmd()).
 */
export function lockedPte(model: Model, mm: number, vpn: number): SlotAt {
  const slot = slotMade(model, mm, vpn, 'pte');
  if (slot < 0 && hugeLeafAt(model, mm, vpn)) model.vmBug('pmd-trans-huge');
  return slot;
}

/** A huge leaf lies where the tables of an address end. */
export function hugeLeafAt(model: Model, mm: number, vpn: number): boolean {
  const slot = deepestSlot(model, mm, vpn);
  return slot >= 0 && model.reached > 0 && entryIn(model, slot) !== NONE;
}

import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { SwapSlot } from '../state/columns.js';

/** Slot of the swap space that a true swap entry names. */
export const swapSlotOf = ({ pte }: Model, entry: Entry): number =>
  pte.swapOffset(entry) - FIRST_SLOT;

/**
 * get_swap_device(): the entry names a slot of a swap file that there is; the kernel prints "Bad swap
 * file entry" or "Bad swap offset entry" of any other, in every configuration (mm/swapfile.c). The
 * machine has one swap file, of type 0.
 */
export function namesSwapSlot(model: Model, entry: Entry): boolean {
  const slot = swapSlotOf(model, entry);
  const known = slot >= 0 && slot < model.state.layout.capacities.swapSlot;
  if (known && model.pte.swapFile(entry) === 0) return true;
  model.note('bad-swap-entry');
  return false;
}

/** Swap offset of slot 0: offset 0 holds the header of the swap file, and is never an entry. */
const FIRST_SLOT = 1;

/** The swap entry of a slot, without its flags. */
export function swapEntryOf({ pte }: Model, slot: number): Entry {
  const entry = pte.makeAbsent('swap', slot + FIRST_SLOT);
  if (entry === undefined) throw new Error('every form has swap entries');
  return entry;
}

/** swap_duplicate(): one more entry refers to the slot. */
export function swapDuplicate(model: Model, entry: Entry): void {
  model.state.add(SwapSlot.count, swapSlotOf(model, entry), 1);
}

/** swap_free(): an entry less refers to the slot; nobody's content is forgotten. */
export function swapFree(model: Model, entry: Entry): void {
  const { state } = model;
  const slot = swapSlotOf(model, entry);
  const left = state.add(SwapSlot.count, slot, -1);
  if (left < 0) model.warn('swap-count-underflow');
  if (left === 0 && state.ref(SwapSlot.frame, slot) < 0) state.set(SwapSlot.content, slot, 0);
}

/** Takes a free slot for a page on its way out; -1 when swap is full. */
export function takeSwapSlot({ state }: Model): number {
  for (let slot = 0; slot < state.layout.capacities.swapSlot; slot++) {
    if (state.get(SwapSlot.count, slot) === 0 && state.ref(SwapSlot.frame, slot) < 0) return slot;
  }
  return -1;
}

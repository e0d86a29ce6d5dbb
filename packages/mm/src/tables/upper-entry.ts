import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, type SlotAt, setEntry } from './tables.js';

/**
 * The entry of an upper level maps memory, or stands for memory that a leaf mapped: what
 * pmd_trans_huge(), pud_trans_huge() and is_swap_pmd() say. Others in such a place are damage.
 */
export function isHugeEntry(model: Model, number: number, entry: Entry): boolean {
  if (number < 1 || number > 2 || entry === NONE) return false;
  const space = model.machine.space(number === 1 ? 'pmd' : 'pud');
  const kind = space.kind(entry);
  if (kind !== 'leaf') return kind === 'absent' && number === 1;
  // Where a devmap leaf is no huge one (x86), pxx_devmap() was asked as well, as long as anybody did.
  return !space.is.devmap(entry) || !model.has('pxx-devmap-removed') || space.is.trans_huge(entry);
}

/**
 * pmd_none_or_clear_bad() and its like for a slot that holds no pointer: an entry that means nothing
 * is reported (`bad-pmd`) and cleared, whatever lay below it. True when nothing is left to look at.
 * A pointer to what is no table is followed, and ends the kernel: BUG `wild-table`.
 */
export function noneOrClearBad(model: Model, slot: SlotAt, number: number): boolean {
  const entry = entryIn(model, slot);
  if (entry === NONE) return true;
  if (entry === undefined || isHugeEntry(model, number, entry)) return false;
  const level = number === 1 ? 'pmd' : 'pud';
  if (model.machine.space(level).kind(entry) === 'table') model.bug('wild-table');
  model.note(`bad-${level}`);
  setEntry(model, slot, NONE);
  return true;
}

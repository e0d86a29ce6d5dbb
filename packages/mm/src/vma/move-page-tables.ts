import { needsDeposit } from '../huge/page-table.js';
import { splitHugePmd, splitHugePud } from '../huge/split.js';
import { type Entry, type EntrySpace, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Table } from '../state/columns.js';
import {
  deepestSlot,
  entryIn,
  isTable,
  nextAddress,
  type SlotAt,
  setEntry,
  slotMade,
  tableHolding,
} from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { isMarker } from '../zap/markers.js';
import { mmOf, vmaIsAnonymous } from './vma.js';

/**
 * move_page_tables(): entries of a range go to new addresses of the same process, huge ones whole
 * where both places suit them. Mappings and references stay as they are. Answers how many pages of
 * the range were dealt with: fewer than all when a table cannot be had (mm/mremap.c).
 */
export function movePageTables(
  model: Model,
  oldVma: number,
  newVma: number,
  start: number,
  to: number,
  pages: number,
): number {
  const mm = mmOf(model, oldVma);
  const end = start + pages;
  for (let vpn = start; vpn < end; ) {
    const slot = deepestSlot(model, mm, vpn);
    if (slot < 0) return pages;
    const number = model.reached;
    const next = nextAddress(model, vpn, number);
    const target = to + (vpn - start);
    if (number === 0) {
      if (!movePte(model, mm, slot, target)) return vpn - start;
    } else if (!noneOrClearBad(model, slot, number)) {
      const span = model.machine.levels[number]?.pages as number;
      const fits = next <= end && next - vpn === span && target % span === 0;
      if (!fits || !moveHuge(model, newVma, slot, target, number)) {
        (number === 1 ? splitHugePmd : splitHugePud)(model, oldVma, vpn);
        if (entryIn(model, slot) !== NONE) continue;
      }
    }
    vpn = next;
  }
  return pages;
}

/** move_ptes() for one entry; false without a table for it. */
function movePte(model: Model, mm: number, slot: SlotAt, target: number): boolean {
  const entry = entryIn(model, slot) ?? NONE;
  if (entry === NONE) return true;
  const newSlot = slotMade(model, mm, target, 'pte');
  if (newSlot < 0) return false;
  setEntry(model, slot, NONE);
  setEntry(model, newSlot, moved(model, model.pte, entry));
  return true;
}

/** move_soft_dirty_pte(), and the marks of userfaultfd, which does not follow. */
function moved(model: Model, space: EntrySpace, entry: Entry): Entry {
  const { is, to } = space;
  const tracked = model.config.MEM_SOFT_DIRTY;
  if (is.present(entry)) {
    const plain = to.clear_uffd_wp(entry);
    return tracked ? to.mksoft_dirty(plain) : plain;
  }
  if (space === model.pte && space.absent(entry).what === 'marker') {
    return isMarker(model, entry, 'PTE_MARKER_UFFD_WP') ? NONE : entry;
  }
  const plain = to.swp_clear_uffd_wp(entry);
  return tracked ? to.swp_mksoft_dirty(plain) : plain;
}

/** move_huge_pmd(), move_huge_pud(): false where something is in the way. */
function moveHuge(
  model: Model,
  newVma: number,
  slot: SlotAt,
  target: number,
  number: number,
): boolean {
  const { state, machine } = model;
  const level = number === 1 ? 'pmd' : 'pud';
  const newSlot = slotMade(model, mmOf(model, newVma), target, level);
  if (newSlot < 0 || isTable(model, newSlot) || entryIn(model, newSlot) !== NONE) return false;
  const entry = entryIn(model, slot) as Entry;
  const [from, into] = [tableHolding(model, slot), tableHolding(model, newSlot)];
  // The table that was deposited with the leaf goes along (pmd_move_must_withdraw()).
  const deposits = number === 1 && hasDeposit(model, newVma);
  if (deposits && from !== into) {
    state.add(Table.deposits, from, -1);
    state.add(Table.deposits, into, 1);
  }
  setEntry(model, slot, NONE);
  setEntry(model, newSlot, moved(model, machine.space(level), entry));
  return true;
}

/** Huge leaves of the VMA have a table deposited: of anonymous memory, and where the form wants it. */
const hasDeposit = (model: Model, vma: number): boolean =>
  vmaIsAnonymous(model, vma) || needsDeposit(model);

import { NONE } from '../machine/entries.js';
import type { TableLevel } from '../machine/machine.js';
import type { Model } from '../model.js';
import { Mm, Slot, Table } from '../state/columns.js';
import { deepestSlot, slotAt, slotIn, tableHolding, tableIn } from './tables.js';

/**
 * free_pgtables() of an unmapped range: tables that serve addresses between `floor` and `ceiling`
 * alone are given back, whatever they still hold. Deposited tables must have been withdrawn. All
 * addresses are page numbers.
 *
 * @param floor end of the VMA before the range; 0 for none
 * @param ceiling start of the VMA behind it; Infinity for none
 */
export function freeTables(
  model: Model,
  mm: number,
  start: number,
  end: number,
  floor: number,
  ceiling: number,
): void {
  const { state, machine } = model;
  const root = state.ref(Mm.root, mm);
  if (root >= 0)
    freeBelow(model, mm, root, machine.levels.length - 1, 0, { start, end, floor, ceiling });
}

/** pgd_free(): the root goes last, when an address space ends. */
export function freeRoot(model: Model, mm: number): void {
  const { state, machine } = model;
  const root = state.ref(Mm.root, mm);
  if (root < 0) return;
  release(model, mm, root, machine.levels.length - 1);
  state.setRef(Mm.root, mm, -1);
}

interface Freed {
  readonly start: number;
  readonly end: number;
  readonly floor: number;
  readonly ceiling: number;
}

/** Frees the tables below one that begins at `base`. */
function freeBelow(
  model: Model,
  mm: number,
  table: number,
  number: number,
  base: number,
  freed: Freed,
): void {
  if (number === 0) return;
  const { state, machine } = model;
  const { pages, entries } = machine.levels[number] as (typeof machine.levels)[number];
  const first = Math.max(0, Math.floor((freed.start - base) / pages));
  const end = Math.min(entries, Math.ceil((freed.end - base) / pages));
  const firstSlot = slotIn(model, table, 0);
  const last = firstSlot + end;
  let slot = state.next(Slot.entry, firstSlot + first, last);
  for (; slot >= 0; slot = state.next(Slot.entry, slot + 1, last)) {
    if (state.get(Slot.entry, slot) >= 0) continue;
    const below = tableIn(model, slot);
    const from = base + (slot - firstSlot) * pages;
    freeBelow(model, mm, below, number - 1, from, freed);
    if (from < freed.floor || from + pages > freed.ceiling) continue;
    state.set(Slot.entry, slot, NONE);
    release(model, mm, below, number - 1);
  }
}

/** Gives a table back. One that was freed before is a bad page (bad_page()). */
function release(model: Model, mm: number, table: number, number: number): void {
  const { state, machine } = model;
  const counter = [Mm.nrPtes, Mm.nrPmds, Mm.nrPuds][number];
  if (number < machine.levels.length - 1 && counter !== undefined) state.add(counter, mm, -1);
  if (state.get(Table.used, table) === 0 || state.ref(Table.mm, table) !== mm) {
    model.note('bad-page-state');
    return;
  }
  const { entries } = machine.levels[number] as (typeof machine.levels)[number];
  const first = slotIn(model, table, 0);
  const end = first + entries;
  for (let at = state.next(Slot.entry, first, end); at >= 0; ) {
    state.set(Slot.entry, at, NONE);
    at = state.next(Slot.entry, at + 1, end);
  }
  state.clear('table', table);
  state.clear('frame', machine.tableFrame + table);
}

/**
 * try_to_free_pte(): the leaf table of an address goes when it holds nothing any more (PT_RECLAIM).
 */
export function freeEmptyLeafTable(model: Model, mm: number, vpn: number): void {
  const { state, machine } = model;
  const slot = deepestSlot(model, mm, vpn);
  if (slot < 0 || model.reached !== 0) return;
  const table = tableHolding(model, slot);
  const [leaves, above] = machine.levels as [TableLevel, TableLevel];
  for (let i = 0; i < leaves.entries; i++) {
    if (state.get(Slot.entry, slotIn(model, table, i)) !== NONE) return;
  }
  state.set(Slot.entry, slotAt(model, mm, vpn, above.level), NONE);
  release(model, mm, table, 0);
}

import type { Level } from '@pagewright/core';
import { PAGE_TYPE } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import type { Column } from '../state/columns.js';
import { Frame, Global, Mm, Slot, Table } from '../state/columns.js';

/** Where an entry lies: a record of `Slot`. */
export type SlotAt = number;

/**
 * Slots hold entries of leaves and of empty places as numbers from 0 up; a pointer to a table is
 * stored as minus the table's number, less one.
 */
const pointerTo = (table: number): number => -table - 1;
/** Table that the word of a slot points to. */
export const tableOf = (word: number): number => -word - 1;

/** Position of a level among those that have tables, leaf tables being 0; -1 for none. */
export function levelNumber({ machine }: Model, level: Level): number {
  return machine.levelNumbers[level] ?? -1;
}

/** Pages that an entry of a level maps (HPAGE_PMD_NR and its like); 0 where the form lacks the level. */
export const pagesOfLevel = (model: Model, level: Level): number =>
  model.machine.levels[levelNumber(model, level)]?.pages ?? 0;

/** Counter that says how many tables of a level an address space has. */
const COUNTERS: readonly (Column | undefined)[] = [Mm.nrPtes, Mm.nrPmds, Mm.nrPuds];

/** The root table of an address space, made when it is first asked for. */
function rootOf(model: Model, mm: number): number {
  const { state, machine } = model;
  const root = state.ref(Mm.root, mm);
  if (root >= 0) return root;
  const made = newTable(model, mm, machine.levels.length - 1);
  state.setRef(Mm.root, mm, made);
  return made;
}

function newTable(model: Model, mm: number, number: number): number {
  const { state, machine } = model;
  const table = state.take('table', Table.used);
  if (state.get(Table.stale, table) !== 0) emptyStale(model, table);
  state.setRef(Table.mm, table, mm);
  state.set(Table.level, table, number);
  const frame = machine.tableFrame + table;
  state.set(Frame.type, frame, PAGE_TYPE.table);
  state.set(Frame.refcount, frame, 1);
  const counter = number === machine.levels.length - 1 ? undefined : COUNTERS[number];
  if (counter !== undefined) state.add(counter, mm, 1);
  return table;
}

/** A table that was freed while it was in use still holds what it held. */
function emptyStale({ state, machine }: Model, table: number): void {
  state.set(Table.stale, table, 0);
  for (let i = 0; i < machine.tableStride; i++) {
    const slot = table * machine.tableStride + i;
    if (state.get(Slot.entry, slot) !== NONE) state.set(Slot.entry, slot, NONE);
  }
}

/**
 * The slot of an address at a level, with tables made on the way; -1 where a huge entry lies above.
 * `pte_alloc_map()` and its like; -1 too where a table is missing and none can be had.
 */
export function slotMade(model: Model, mm: number, vpn: number, level: Level): SlotAt {
  return descend(model, mm, vpn, levelNumber(model, level), true);
}

/** The slot of an address at a level; -1 where no table, or a huge entry above, leads there. */
export function slotAt(model: Model, mm: number, vpn: number, level: Level): SlotAt {
  return descend(model, mm, vpn, levelNumber(model, level), false);
}

function descend(model: Model, mm: number, vpn: number, wanted: number, make: boolean): SlotAt {
  const { state, machine } = model;
  if (wanted < 0) return -1;
  if (!make && state.ref(Mm.root, mm) < 0) return -1;
  let table = rootOf(model, mm);
  let below = vpn;
  for (let number = machine.levels.length - 1; ; number--) {
    const { pages, perPage, lastIndex } = machine.levels[number] as (typeof machine.levels)[number];
    const index = Math.floor(below * perPage);
    const slot = table * machine.tableStride + (index & lastIndex);
    if (number === wanted) return slot;
    below -= index * pages;
    const word = state.get(Slot.entry, slot);
    if (word > 0 || (word === 0 && !make)) return -1;
    if (word === 0) {
      if (state.get(Global.tablesRunOut, 0) !== 0) return -1;
      table = newTable(model, mm, number - 1);
      state.set(Slot.entry, slot, pointerTo(table));
    } else {
      table = tableOf(word);
    }
  }
}

/**
 * Goes down towards an address as far as tables lead, and answers the slot where it ends: an empty
 * one, a leaf, or one of a leaf table. Its level's number is left in `model.reached`. -1 without
 * any table.
 */
export function deepestSlot(model: Model, mm: number, vpn: number): SlotAt {
  const { state, machine } = model;
  let table = state.ref(Mm.root, mm);
  if (table < 0) return -1;
  let below = vpn;
  for (let number = machine.levels.length - 1; ; number--) {
    const { pages, perPage, lastIndex } = machine.levels[number] as (typeof machine.levels)[number];
    const index = Math.floor(below * perPage);
    const slot = table * machine.tableStride + (index & lastIndex);
    below -= index * pages;
    const word = state.get(Slot.entry, slot);
    if (number === 0 || word >= 0) {
      model.reached = number;
      return slot;
    }
    table = tableOf(word);
  }
}

/** First address behind what an entry of a level, by its number, maps around an address. */
export function nextAddress({ machine }: Model, vpn: number, number: number): number {
  const { pages, perPage } = machine.levels[number] as (typeof machine.levels)[number];
  return Math.floor(vpn * perPage) * pages + pages;
}

/** First address behind those that the same leaf table maps; their slots follow each other. */
export const endOfTable = (model: Model, vpn: number): number =>
  model.machine.levels.length > 1 ? nextAddress(model, vpn, 1) : Number.POSITIVE_INFINITY;

/** The entry in a slot; a pointer to a table reads as undefined. */
export function entryIn({ state }: Model, slot: SlotAt): Entry | undefined {
  const word = state.get(Slot.entry, slot);
  return word < 0 ? undefined : (word as Entry);
}

/** The entry of an address at a level; empty where no table leads there. */
export function entryAt(model: Model, mm: number, vpn: number, level: Level): Entry {
  const slot = slotAt(model, mm, vpn, level);
  return slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
}

/** set_pte_at() and its like: writes an entry into a slot. */
export function setEntry({ state }: Model, slot: SlotAt, entry: Entry): void {
  state.set(Slot.entry, slot, entry);
}

/** The slot holds a pointer to a table. */
export const isTable = ({ state }: Model, slot: SlotAt): boolean => state.get(Slot.entry, slot) < 0;

/** The table that the slot points to. */
export const tableIn = ({ state }: Model, slot: SlotAt): number =>
  tableOf(state.get(Slot.entry, slot));

/** Table that a slot lies in. */
export const tableHolding = ({ machine }: Model, slot: SlotAt): number =>
  Math.floor(slot / machine.tableStride);

/**
 * pte_alloc_one() for a huge leaf, and pgtable_trans_huge_deposit(): the table waits for the leaf
 * to be split. It counts as a PTE table.
 */
export function depositTable(model: Model, mm: number, slot: SlotAt): void {
  const { state } = model;
  state.add(Table.deposits, tableHolding(model, slot), 1);
  state.add(Mm.nrPtes, mm, 1);
}

/** pgtable_trans_huge_withdraw() and pte_free(): a table that was deposited goes. */
export function freeDeposited(model: Model, mm: number, slot: SlotAt): void {
  const { state } = model;
  const table = tableHolding(model, slot);
  if (state.get(Table.deposits, table) === 0) model.bug('no-deposited-table');
  if (state.get(Table.freedDeposits, table) > 0) {
    state.add(Table.freedDeposits, table, -1);
    model.note('pgtable-freed-twice');
  }
  state.add(Table.deposits, table, -1);
  state.add(Mm.nrPtes, mm, -1);
}

/** pte_free() of the table that was deposited for a slot last, while it stays where it is (SPEC 15.31). */
export function freeTableDeposited(model: Model, slot: SlotAt): void {
  model.state.add(Table.freedDeposits, tableHolding(model, slot), 1);
  model.note('deposited-pgtable-freed');
}

/** pgtable_trans_huge_withdraw() and pmd_populate(): the deposited table takes the leaf's place. */
export function useDeposited(model: Model, mm: number, slot: SlotAt): number {
  freeDeposited(model, mm, slot);
  const table = newTable(model, mm, 0);
  model.state.set(Slot.entry, slot, pointerTo(table));
  return table;
}

/** Makes a slot point to a table. */
export function pointTo({ state }: Model, slot: SlotAt, table: number): void {
  state.set(Slot.entry, slot, pointerTo(table));
}

/** Slot of an index of a table. */
export const slotIn = ({ machine }: Model, table: number, index: number): SlotAt =>
  table * machine.tableStride + index;

import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Mm, Slot } from '../state/columns.js';
import { slotIn, tableIn } from './tables.js';

/**
 * free_pgtables(): gives back tables that hold nothing more, leaf tables first; with `mm` gone for
 * good its root goes as well. Deposited tables must have been withdrawn.
 */
export function freeEmptyTables(model: Model, mm: number, withRoot = false): void {
  const { state, machine } = model;
  const root = state.ref(Mm.root, mm);
  if (root < 0) return;
  const top = machine.levels.length - 1;
  if (isEmptied(model, mm, root, top) && withRoot) {
    release(model, mm, root, top);
    state.setRef(Mm.root, mm, -1);
  }
}

/** Frees what is empty below a table; answers whether the table itself is empty then. */
function isEmptied(model: Model, mm: number, table: number, number: number): boolean {
  const { state, machine } = model;
  const { entries } = machine.levels[number] as (typeof machine.levels)[number];
  let empty = true;
  for (let i = 0; i < entries; i++) {
    const slot = slotIn(model, table, i);
    const word = state.get(Slot.entry, slot);
    if (word === NONE) continue;
    if (word < 0) {
      const below = tableIn(model, slot);
      if (isEmptied(model, mm, below, number - 1)) {
        state.set(Slot.entry, slot, NONE);
        release(model, mm, below, number - 1);
        continue;
      }
    }
    empty = false;
  }
  return empty;
}

function release(model: Model, mm: number, table: number, number: number): void {
  const { state, machine } = model;
  state.clear('table', table);
  state.clear('frame', machine.tableFrame + table);
  const counter = [Mm.nrPtes, Mm.nrPmds, Mm.nrPuds][number];
  if (number < machine.levels.length - 1 && counter !== undefined) state.add(counter, mm, -1);
}

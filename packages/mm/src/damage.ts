/**
 * Damage that no kernel function does: words of page tables that flip bits, tables that are freed
 * while entries lead to them. What each revision then says is what scenarios are about (SPEC 15).
 */
import { type Bits, bits, type MappingLevel } from '@pagewright/core';
import { ERRNO } from './errno.js';
import type { Model } from './model.js';
import { Table } from './state/columns.js';
import { pointerWord, tableOfWord } from './tables/pointer-word.js';
import {
  entryIn,
  isTable,
  levelNumber,
  pointTo,
  setEntry,
  slotAt,
  tableIn,
} from './tables/tables.js';

/**
 * Flips bits of the entry that maps an address, or of the pointer that leads there, at a level. 0;
 * -ENOENT where no table of that level leads to the address, -EINVAL where the form has none. A
 * pointer that still points to a table of the machine is one afterwards; what else it became is a
 * word, which walkers take for what it says.
 */
export function corrupt(
  model: Model,
  mm: number,
  vpn: number,
  level: MappingLevel,
  mask: bigint,
): number {
  const number = levelNumber(model, level);
  if (number < 0) return ERRNO.EINVAL;
  const slot = slotAt(model, mm, vpn, level);
  if (slot < 0) return ERRNO.ENOENT;
  const { machine } = model;
  const space = machine.space(level);
  const word: Bits = isTable(model, slot)
    ? pointerWord(machine, number, tableIn(model, slot))
    : space.word(entryIn(model, slot) as never);
  const size = BigInt(machine.form.definition.wordBits);
  const damaged = bits(BigInt.asUintN(Number(size), word ^ mask));
  const table = number === 0 ? -1 : tableOfWord(machine, number, damaged);
  if (table >= 0) pointTo(model, slot, table);
  else setEntry(model, slot, space.of(damaged));
  return 0;
}

/**
 * Frees the page of the table that maps an address at a level, while the entry above still points to
 * it: whoever needs a table next gets this one. 0, or -ENOENT without such a table.
 */
export function freeTableInUse(model: Model, mm: number, vpn: number, level: MappingLevel): number {
  const { state, machine } = model;
  const above = machine.levels[levelNumber(model, level) + 1]?.level;
  if (above === undefined) return ERRNO.EINVAL;
  const slot = slotAt(model, mm, vpn, above);
  if (slot < 0 || !isTable(model, slot)) return ERRNO.ENOENT;
  const table = tableIn(model, slot);
  state.clear('table', table);
  state.set(Table.stale, table, 1);
  state.clear('frame', machine.tableFrame + table);
  return 0;
}

import type { MappingLevel } from '@pagewright/core';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { pointerWord } from '../tables/pointer-word.js';
import { entryIn, isTable, slotAt, tableIn } from '../tables/tables.js';

/** A word of a page table on the way to an address. */
export interface PathWord {
  /** Level by its name in the kernel; a folded one repeats the word of the level above. */
  readonly level: string;
  readonly word: bigint;
}

/** The words that lead to an address from the root down to the PMD, or to where they end. */
export function tablePath(model: Model, mm: number, vpn: number): readonly PathWord[] {
  const { machine, state } = model;
  const path: PathWord[] = [];
  if (state.ref(Mm.root, mm) < 0) return path;
  let word = 0n;
  for (const { level, folded } of machine.form.levels) {
    if (level === 'pte') break;
    if (folded) {
      path.push({ level, word });
      continue;
    }
    const slot = slotAt(model, mm, vpn, level);
    const pointer = slot >= 0 && isTable(model, slot);
    const number = machine.levels.findIndex((each) => each.level === level);
    if (pointer) word = pointerWord(machine, number, tableIn(model, slot));
    else {
      const entry = slot < 0 ? undefined : entryIn(model, slot);
      word =
        entry === undefined || entry === 0 ? 0n : machine.space(level as MappingLevel).word(entry);
    }
    path.push({ level, word });
    if (!pointer) break;
  }
  return path;
}

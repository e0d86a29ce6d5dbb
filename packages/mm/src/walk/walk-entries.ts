import type { MappingLevel } from '@pagewright/core';
import { splitHugePud } from '../huge/split.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress, type SlotAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';

/** A part of a range that one entry, or nothing, maps. */
export interface WalkedEntry {
  readonly level: MappingLevel;
  /** First page of the part, and pages in it: fewer than the leaf's where the range cuts it. */
  readonly vpn: number;
  readonly pages: number;
  /** -1 where no table leads. */
  readonly slot: SlotAt;
  /** Empty for holes. */
  readonly entry: Entry;
}

/**
 * walk_page_range() over a VMA for a walker that knows PMDs and PTEs: a PUD leaf that it meets is
 * split, so that merely looking takes it away, unless it takes such a leaf as it is (mm/pagewalk.c;
 * SPEC 12.0).
 */
export function* entriesOf(
  model: Model,
  vma: number,
  start = model.state.get(Vma.start, vma),
  end = model.state.get(Vma.end, vma),
  takesPud: (entry: Entry) => boolean = () => false,
): Generator<WalkedEntry> {
  const mm = mmOf(model, vma);
  for (let vpn = start; vpn < end; ) {
    let slot = deepestSlot(model, mm, vpn);
    if (slot >= 0 && levelOf(model) === 'pud') {
      const leaf = entryIn(model, slot) ?? NONE;
      if (leaf !== NONE && !takesPud(leaf)) {
        splitHugePud(model, vma, vpn);
        slot = deepestSlot(model, mm, vpn);
      }
    }
    if (slot < 0) model.reached = 0;
    const next = Math.min(end, nextAddress(model, vpn, model.reached));
    const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
    const level = entry === NONE ? 'pte' : (levelOf(model) as MappingLevel);
    yield { level, vpn, pages: next - vpn, slot, entry };
    vpn = next;
  }
}

const levelOf = (model: Model): string | undefined => model.machine.levels[model.reached]?.level;

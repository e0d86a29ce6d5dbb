import type { AbsentKind } from '@pagewright/core';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';

/** What a non-present entry stands for, to those who look on. */
export interface AbsentPage {
  readonly what: AbsentKind;
  /** Frame that it refers to (pfn_swap_entry_to_page()); -1 for none. */
  readonly frame: number;
}

/** Reads a non-present entry. */
export function absentPage({ machine }: Model, space: EntrySpace, entry: Entry): AbsentPage {
  const { what, pfn } = space.absent(entry);
  // A poisoned page is named by its entry, and is no longer the process's.
  const frame = pfn === undefined ? -1 : machine.memory.frame(Number(pfn));
  return { what, frame };
}

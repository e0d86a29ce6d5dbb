import type { EntryForm, Level } from '@pagewright/core';
import { type Ask, ask } from './ask.js';

/**
 * A protection without any access makes a present entry only where the level knows protnone: x86 has
 * no pud_protnone, and a PUD without the present bit is not present.
 */
export const makesPresent = (form: EntryForm, level: Level, prot: bigint): boolean =>
  ask(form, level, 'protnone') !== undefined || prot !== form.definition.protectionMap[0];

/** What laws say about levels without protnone. */
export const NO_PROTNONE =
  'Where a level has no protnone (x86 PUDs), a protection without access makes no present entry.';

/** What laws about making entries writable say about forms without a real pte_protnone(). */
export const NO_ACCESS =
  'Without a real pte_protnone() an entry without access cannot be made writable (um asks PROTNONE in pte_write, on m68k it is the read-only bit); there the law is about readable entries.';

/** Whether an entry can be made writable at all: see `NO_ACCESS`. */
export function canBecomeWritable(form: EntryForm, level: Level): Ask | undefined {
  const read = form.definition.leaves[level]?.permissions.read;
  if (form.definition.supports.protnone || read === undefined) return () => true;
  return form.codec(`permission read ${level}`, read).bits as Ask;
}

import type { EntryForm } from '@pagewright/core';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import type { HitUse } from './at-exit.js';
import type { FlippedAt } from './machine.js';

/**
 * What CONFIG_PAGE_TABLE_CHECK makes of a flipped entry, which it first sees when the entry is
 * cleared: `bug` stops the kernel there, `freed` when the page is freed, `later` in the process that
 * was hit; `blind` is a frame without struct page or of a device, which it leaves alone; `quiet` is all else.
 */
export type TableCheck = 'bug' | 'freed' | 'later' | 'blind' | 'quiet';

/**
 * Counts mappings of user pages by frame when entries are set, and takes them back when they are
 * cleared: a count below zero stops the kernel, and so does one above zero when the page is freed.
 * Special entries are counted like others (mm/page_table_check.c page_table_check_clear(),
 * __page_table_check_zero(); asm/pgtable.h pte_user_accessible_page()).
 */
export function tableCheck(
  model: Model,
  at: FlippedAt,
  entry: Entry,
  use: HitUse,
  freesOwn: boolean,
): TableCheck {
  const { pte, machine } = model;
  if (!pte.is.present(entry) || !isUserAccessible(machine.form, pte.word(entry))) {
    return freesOwn ? 'freed' : 'quiet';
  }
  const frame = machine.memory.frame(pte.pfn(entry));
  // What it counts in (page_ext) is not there for memory of devices; until 6.9 that stopped the kernel.
  if (frame < 0 || machine.memory.zone(frame) === 'device') return 'blind';
  if (frame === at.frame) return 'quiet';
  return use === 'mapped' ? 'later' : 'bug';
}

/** pte_user_accessible_page(), or every present entry. */
function isUserAccessible(form: EntryForm, word: bigint): boolean {
  if (form.definition.pageTableCheck?.everyEntry === true) return true;
  const permissions = form.definition.leaves.pte?.permissions;
  if (permissions === undefined) return false;
  const may = (name: 'user' | 'read' | 'execute'): boolean =>
    form.codec(`permission ${name} pte`, permissions[name]).bits(word) === true;
  return may('user') && (may('read') || may('execute'));
}

/** What each answer of the page-table check means. */
export const TABLE_CHECKS: Readonly<Record<TableCheck, string>> = {
  bug: 'stops the kernel as the entry is cleared',
  freed: 'stops the kernel as the page is freed',
  later: 'stops the kernel in the process that was hit',
  blind: 'no struct page, or that of a device, which the check leaves alone',
  quiet: 'says nothing',
};

/** The answers for both uses of what is hit: one word where they agree. */
export const tableCheckText = ({
  unmapped,
  mapped,
}: Readonly<Record<HitUse, TableCheck>>): string =>
  unmapped === mapped ? unmapped : `${unmapped} / ${mapped}`;

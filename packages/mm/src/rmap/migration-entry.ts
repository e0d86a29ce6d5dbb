import { type AbsentKind, migrationAgeBit } from '@pagewright/core';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';

/**
 * make_*_migration_entry() with make_migration_entry_young() and _dirty(), in a slot of this level
 * (include/linux/swapops.h). Throws for a level that can hold none.
 */
export function migrationEntry(
  model: Model,
  space: EntrySpace,
  kind: MigrationKind,
  pfn: number,
  young = false,
  dirty = false,
): Entry {
  const age = (on: boolean, which: 'young' | 'dirty'): number =>
    on && model.has('migration-keeps-age') ? Number(migrationAgeBit(space.form, which) ?? 0n) : 0;
  const entry = space.makeAbsent(kind, pfn + age(young, 'young') + age(dirty, 'dirty'));
  if (entry === undefined) throw new Error(`no migration entries at ${space.level} level`);
  return entry;
}

/** Kinds of migration entry. */
export type MigrationKind = Extract<AbsentKind, `migration-${string}`>;

/**
 * What stands in for a page that moves: writable, its process's own, or neither. No page is anybody's
 * own before there is a mark that says so (SPEC 9.9, 24.6).
 */
export function migrationKind(writable: boolean, exclusive: boolean): MigrationKind {
  if (writable) return 'migration-write';
  return exclusive ? 'migration-read-exclusive' : 'migration-read';
}

/** Soft-dirty and userfaultfd's protection of an entry, carried over to a non-present one. */
export function carryFlags(space: EntrySpace, from: Entry, to: Entry): Entry {
  const { is } = space;
  const present = is.present(from);
  const softDirty = present ? is.soft_dirty(from) : is.swp_soft_dirty(from);
  const protectedOne = present ? is.uffd_wp(from) : is.swp_uffd_wp(from);
  return markAbsent(space, to, softDirty, protectedOne);
}

/** A non-present entry with the two marks that it can keep of the one that it replaces. */
export function markAbsent(
  { to }: EntrySpace,
  entry: Entry,
  softDirty: boolean,
  uffdWp: boolean,
): Entry {
  const marked = softDirty ? to.swp_mksoft_dirty(entry) : entry;
  return uffdWp ? to.swp_mkuffd_wp(marked) : marked;
}

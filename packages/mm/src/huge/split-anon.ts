import type { AbsentFacts, AbsentKind } from '@pagewright/core';
import { zeropageEntry } from '../fault/anonymous.js';
import { folioOf, getRefs, isAnonExclusive, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addAnonRmap } from '../rmap/anon-rmap.js';
import {
  type MigrationKind,
  markAbsent,
  migrationEntry,
  migrationKind,
} from '../rmap/migration-entry.js';
import { removeRmap } from '../rmap/remove.js';
import { tryShareAnonRmap } from '../rmap/share.js';
import { pagesOfLevel, type SlotAt, setEntry, slotIn, useDeposited } from '../tables/tables.js';
import { mmOf, pageProtOf } from '../vma/vma.js';
import { absentPmdKind, frameOfAbsentPmd, frameOfLeaf } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';

/** A PMD of anonymous memory becomes entries of its deposited table (SPEC 10.1, SPEC-7.2 10.10). */
export function splitAnonPmd(
  model: Model,
  vma: number,
  first: number,
  slot: SlotAt,
  old: Entry,
  freeze: boolean,
): void {
  if (isHugeZeroPmd(model, old)) splitZero(model, vma, first, slot, old);
  else if (model.pmd.is.present(old)) splitPresent(model, vma, first, slot, old, freeze);
  else splitAbsent(model, vma, first, slot, old, freeze);
}

/** Every page is the shared zeropage from now on; nothing is counted. */
function splitZero(model: Model, vma: number, first: number, slot: SlotAt, old: Entry): void {
  const watched = model.has('huge-zero-split-keeps-uffd-wp') && model.pmd.is.uffd_wp(old);
  const table = useDeposited(model, mmOf(model, vma), slot);
  const pages = pagesOfLevel(model, 'pmd');
  for (let i = 0; i < pages; i++) {
    const entry = zeropageEntry(model, vma, first + i);
    setEntry(model, slotIn(model, table, i), watched ? model.pte.to.mkuffd_wp(entry) : entry);
  }
}

function splitPresent(
  model: Model,
  vma: number,
  first: number,
  slot: SlotAt,
  old: Entry,
  freeze: boolean,
): void {
  const { pmd, pte, machine } = model;
  const frame = frameOfLeaf(model, pmd, old);
  if (frame < 0) model.bug('wild-page');
  const folio = folioOf(model, frame);
  const young = pmd.is.young(old);
  const dirty = pmd.is.dirty(old);
  if (dirty) setFlag(model, folio, PAGE_FLAG.dirty, true);
  const exclusive = isAnonExclusive(model, frame);
  const frozen = remap(model, vma, first, frame, exclusive, freeze);
  const what = migrationKind(pmd.is.write(old), exclusive);
  const softDirty = pmd.is.soft_dirty(old);
  const uffdWp = pmd.is.uffd_wp(old);
  const table = useDeposited(model, mmOf(model, vma), slot);
  const pages = pagesOfLevel(model, 'pmd');
  const pfn = machine.memory.pfn(frame);
  for (let i = 0; i < pages; i++) {
    const entry = frozen
      ? markAbsent(pte, migrationEntry(model, pte, what, pfn + i, young, dirty), softDirty, uffdWp)
      : presentPte(model, old, pte.leaf(pfn + i, pageProtOf(model, vma)));
    setEntry(model, slotIn(model, table, i), entry);
  }
  removeRmap(model, frame, pages, vma, 'pmd');
  if (frozen) putRefs(model, folio);
}

/**
 * The pages are mapped by PTEs each; false when they are, true when nothing maps them because the
 * entries are to be migration entries. A folio that may be pinned cannot migrate.
 */
function remap(
  model: Model,
  vma: number,
  first: number,
  frame: number,
  exclusive: boolean,
  freeze: boolean,
): boolean {
  if (freeze && (!exclusive || tryShareAnonRmap(model, frame, 'pmd') === 0)) return true;
  const pages = pagesOfLevel(model, 'pmd');
  getRefs(model, folioOf(model, frame), pages - 1);
  addAnonRmap(model, frame, pages, vma, first, exclusive);
  return false;
}

/** A PTE with the bits that the PMD had; a hint of NUMA balancing is not passed on. */
function presentPte(model: Model, old: Entry, leaf: Entry): Entry {
  const { is } = model.pmd;
  const { to, mkwrite } = model.pte;
  let entry = is.write(old) ? mkwrite(leaf) : leaf;
  if (!is.young(old)) entry = to.mkold(entry);
  if (is.dirty(old) && model.has('split-keeps-dirty')) entry = to.mkdirty(entry);
  if (is.soft_dirty(old)) entry = to.mksoft_dirty(entry);
  return is.uffd_wp(old) ? to.mkuffd_wp(entry) : entry;
}

/** A non-present PTE of the kind that the PMD was, as old and as dirty. */
function absentPte(model: Model, { what, young, dirty }: AbsentFacts, pfn: number): Entry {
  const { pte, machine } = model;
  if (isMigration(what)) return migrationEntry(model, pte, what, pfn, young, dirty);
  const made = pte.makeAbsent(what, pfn);
  if (made === undefined) throw new Error(`${machine.form.name} has no ${what} entries`);
  return made;
}

const isMigration = (what: AbsentKind): what is MigrationKind => what.startsWith('migration-');

/** Entries of the same kind, each for its page; a device's folio is mapped by them like any other. */
function splitAbsent(
  model: Model,
  vma: number,
  first: number,
  slot: SlotAt,
  old: Entry,
  freeze: boolean,
): void {
  const { pmd, pte, machine } = model;
  if (absentPmdKind(model, old) === 'other') model.bug('not-migration');
  let facts = pmd.absent(old);
  const frame = frameOfAbsentPmd(model, old);
  const pages = pagesOfLevel(model, 'pmd');
  const softDirty = pmd.is.swp_soft_dirty(old);
  const uffdWp = pmd.is.swp_uffd_wp(old);
  const onDevice = absentPmdKind(model, old) === 'device';
  let frozen = false;
  if (onDevice) {
    const exclusive = isAnonExclusive(model, frame);
    frozen = remap(model, vma, first, frame, exclusive, freeze);
    if (frozen) facts = { what: migrationKind(facts.what === 'device-private-write', exclusive) };
  }
  const table = useDeposited(model, mmOf(model, vma), slot);
  const pfn = machine.memory.pfn(frame);
  for (let i = 0; i < pages; i++) {
    const entry = markAbsent(pte, absentPte(model, facts, pfn + i), softDirty, uffdWp);
    setEntry(model, slotIn(model, table, i), entry);
  }
  if (!onDevice) return;
  removeRmap(model, frame, pages, vma, 'pmd');
  if (frozen) putRefs(model, folioOf(model, frame));
}

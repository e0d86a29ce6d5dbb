import { zeropageEntry } from '../fault/anonymous.js';
import { folioPages, getRefs, hasFlag, isAnon, isHugetlb, pgmapType } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import { hugetlbAddAnonRmap } from '../hugetlb/rmap.js';
import { mmForbidsZeropage } from '../insert/mixed-zeropage.js';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame, Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, mmOf, pageProtOf } from '../vma/vma.js';
import { addAnonRmap } from './anon-rmap.js';
import { addFileRmap } from './file-rmap.js';
import { frameMapped, MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { carryFlags } from './migration-entry.js';
import { rmapWalk } from './walk.js';

/**
 * remove_migration_ptes(): the migration entries of one folio map another, or the same one again
 * (mm/migrate.c; SPEC 9.9).
 *
 * @param useZeropage pages of zeros are mapped by the zeropage (RMP_USE_SHARED_ZEROPAGE)
 */
export function removeMigrationPtes(
  model: Model,
  from: number,
  to: number,
  useZeropage = false,
): void {
  rmapWalk(model, to, {
    one: (vma, vpn) => {
      pageVmaMappedWalk(
        model,
        from,
        vma,
        vpn,
        (at, slot, entry, level) => {
          const space = level === 'pte' ? model.pte : model.pmd;
          if (!space.absent(entry).what.startsWith('migration')) return MAPPED.next;
          const frame = to + (frameMapped(model, entry, level) - from);
          if (level === 'pmd') restorePmd(model, vma, at, slot, entry, to);
          else if (!useZeropage || !mapZeropage(model, vma, at, slot, entry, frame)) {
            restorePte(model, vma, at, slot, entry, frame, to);
          }
          return MAPPED.next;
        },
        true,
      );
      return true;
    },
  });
}

/** What was not merely readable was its process's own. */
const isOwn = (model: Model, space: EntrySpace, entry: Entry): boolean =>
  model.has('anon-exclusive') && space.absent(entry).what !== 'migration-read';

/** remove_migration_pte(). */
function restorePte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  frame: number,
  folio: number,
): void {
  getRefs(model, folio);
  const leaf = restored(model, model.pte, vma, entry, frame, folio);
  const exclusive = isOwn(model, model.pte, entry);
  if (isAnon(model, folio)) addAnonRmap(model, frame, 1, vma, vpn, exclusive);
  else addFileRmap(model, frame, 1, vma);
  setEntry(model, slot, asDevicePrivate(model, model.pte, entry, leaf, folio));
}

/** remove_migration_pmd(), and what remove_migration_pte() does for hugetlb. */
function restorePmd(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  folio: number,
): void {
  const { pmd } = model;
  getRefs(model, folio);
  const leaf = restored(model, pmd, vma, entry, folio, folio);
  const exclusive = isOwn(model, pmd, entry);
  const pages = folioPages(model, folio);
  if (isHugetlb(model, folio)) hugetlbAddAnonRmap(model, folio, vma, exclusive);
  else if (isAnon(model, folio)) addAnonRmap(model, folio, pages, vma, vpn, exclusive, 'pmd');
  else addFileRmap(model, folio, pages, vma, 'pmd');
  setEntry(model, slot, asDevicePrivate(model, pmd, entry, leaf, folio));
}

/** The leaf that takes the migration entry's place. */
function restored(
  model: Model,
  space: EntrySpace,
  vma: number,
  entry: Entry,
  frame: number,
  folio: number,
): Entry {
  const { is, to } = space;
  const { what, young, dirty } = space.absent(entry);
  let leaf = space.leaf(model.machine.memory.pfn(frame), pageProtOf(model, vma));
  if (!young) leaf = to.mkold(leaf);
  if (dirty && hasFlag(model, folio, PAGE_FLAG.dirty)) leaf = to.mkdirty(leaf);
  if (is.swp_soft_dirty(entry)) leaf = to.mksoft_dirty(leaf);
  if (what === 'migration-write') return maybeMkwrite(model, vma, space, leaf);
  return is.swp_uffd_wp(entry) ? to.mkuffd_wp(leaf) : leaf;
}

/** Memory of a device that the processor cannot reach stays behind a non-present entry. */
function asDevicePrivate(
  model: Model,
  space: EntrySpace,
  old: Entry,
  leaf: Entry,
  folio: number,
): Entry {
  if (pgmapType(model, folio) !== PGMAP_TYPE.private) return leaf;
  const kind = space.is.write(leaf) ? 'device-private-write' : 'device-private-read';
  const made = space.makeAbsent(kind, space.pfn(leaf));
  if (made === undefined) throw new Error('the form has no device-private entries');
  return carryFlags(space, old, made);
}

/**
 * try_to_map_unused_to_zeropage(): a page of zeros, of a THP that was split, gives way to the
 * zeropage. False when it stays.
 */
function mapZeropage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  frame: number,
): boolean {
  const { state, pte } = model;
  if (!model.has('migration-uses-zeropage')) return false;
  const mm = mmOf(model, vma);
  const kept =
    hasFlag(model, frame, PAGE_FLAG.mlocked) ||
    hasVmFlag(model, vma, 'VM_LOCKED') ||
    mmForbidsZeropage(model, mm) ||
    state.get(Frame.content, frame) !== 0;
  if (kept) return false;
  const zero = zeropageEntry(model, vma, vpn);
  setEntry(model, slot, pte.is.swp_soft_dirty(entry) ? pte.to.mksoft_dirty(zero) : zero);
  state.add(Mm.anonPages, mm, -1);
  return true;
}

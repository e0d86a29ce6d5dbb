import {
  counterOf,
  folioMapcount,
  folioPages,
  hasFlag,
  isAnon,
  isAnonExclusive,
  isHugetlb,
  isZoneDevice,
  pgmapType,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { splitHugePmd } from '../huge/split.js';
import { hugetlbRemoveRmap, hugetlbTryShareAnonRmap } from '../hugetlb/rmap.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { frameMapped, MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { carryFlags, migrationEntry, migrationKind } from './migration-entry.js';
import { removeRmap } from './remove.js';
import { tryShareAnonRmap } from './share.js';
import { rmapWalk } from './walk.js';

/** TTU_*: how a folio is unmapped (include/linux/rmap.h). */
export interface UnmapFlags {
  /** PMDs are split first. */
  readonly splitPmd?: boolean;
  /** Locked VMAs do not keep the folio. */
  readonly ignoreMlock?: boolean;
  /** Poisoned pages leave a poison entry behind. */
  readonly hwpoison?: boolean;
}

/**
 * try_to_migrate(): every mapping of a folio becomes a migration entry, as far as nobody pinned a page
 * of it; the caller asks whether it is still mapped (mm/rmap.c; SPEC 9.9).
 */
export function tryToMigrate(model: Model, folio: number, flags: UnmapFlags = {}): void {
  const type = pgmapType(model, folio);
  const movable = type === PGMAP_TYPE.private || type === PGMAP_TYPE.coherent;
  if (isZoneDevice(model, folio) && !movable) return;
  if (isHugetlb(model, folio) && !movesHugePages(model)) return;
  rmapWalk(model, folio, {
    one: (vma, vpn) => migrateInVma(model, folio, vma, vpn, flags),
    done: () => folioMapcount(model, folio) <= 0,
    mappedOnly: true,
  });
}

/** Entries of huge pages can stand for pages that move; where not, those of hugetlb stay. */
const movesHugePages = (model: Model): boolean =>
  model.machine.form.definition.supports.thpMigration;

/** try_to_migrate_one(): false when the walk must end. */
function migrateInVma(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  flags: UnmapFlags,
): boolean {
  let goesOn = true;
  const splits = (flags.splitPmd || !movesHugePages(model)) && !isHugetlb(model, folio);
  pageVmaMappedWalk(model, folio, vma, vpn, (at, slot, entry, level) => {
    if (level === 'pmd' && splits) {
      splitHugePmd(model, vma, at, true);
      return MAPPED.again;
    }
    const moved =
      level === 'pte'
        ? migratePte(model, folio, vma, slot, entry)
        : setPmdMigrationEntry(model, folio, vma, slot, entry);
    if (moved) return MAPPED.next;
    goesOn = false;
    return MAPPED.stop;
  });
  return goesOn;
}

/** The mapping of one page; false, with the entry as it was, when the page may be pinned. */
function migratePte(model: Model, folio: number, vma: number, slot: SlotAt, entry: Entry): boolean {
  const { pte, state } = model;
  const frame = frameMapped(model, entry);
  const exclusive = isAnon(model, folio) && isAnonExclusive(model, frame);
  setEntry(model, slot, NONE);
  if (pte.is.present(entry) && pte.is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  if (!exclusive) checkWritable(model, folio, entry);
  const poison = poisonEntry(model, frame);
  if (poison !== undefined) {
    state.add(counterOf(model, folio, Mm), mmOf(model, vma), -1);
    setEntry(model, slot, poison);
  } else {
    if (exclusive && tryShareAnonRmap(model, frame) !== 0) {
      setEntry(model, slot, entry);
      return false;
    }
    putMigrationEntry(model, frame, slot, entry, exclusive);
  }
  removeRmap(model, frame, 1, vma);
  putRefs(model, folio);
  return true;
}

/** An anonymous page that is not exclusive must not be writable. */
export function checkWritable(model: Model, folio: number, entry: Entry): void {
  if (!isAnon(model, folio) || !model.has('anon-exclusive')) return;
  if (isWritable(model, entry)) model.vmWarn('writable-not-exclusive');
}

/** The migration entry that stands for a page; `exclusive` is what the page was. */
export function putMigrationEntry(
  model: Model,
  frame: number,
  slot: SlotAt,
  entry: Entry,
  exclusive: boolean,
): void {
  const { pte, machine } = model;
  const kind = migrationKind(isWritable(model, entry), exclusive);
  const present = pte.is.present(entry);
  const young = present && pte.is.young(entry);
  const dirty = present && pte.is.dirty(entry);
  const made = migrationEntry(model, pte, kind, machine.memory.pfn(frame), young, dirty);
  setEntry(model, slot, carryFlags(pte, entry, made));
}

/** The process, or the device for it, may write through the entry. */
const isWritable = ({ pte }: Model, entry: Entry): boolean =>
  pte.is.present(entry) ? pte.is.write(entry) : pte.absent(entry).what === 'device-private-write';

/**
 * make_hwpoison_entry() of a poisoned page; undefined for one that is sound, as all are without
 * CONFIG_MEMORY_FAILURE.
 */
export function poisonEntry(model: Model, frame: number): Entry | undefined {
  if (!hasFlag(model, frame, PAGE_FLAG.hwpoison)) return undefined;
  return model.pte.makeAbsent('hwpoison', model.machine.memory.pfn(frame));
}

/**
 * set_pmd_migration_entry(), and what try_to_migrate_one() does for hugetlb: the PMD stays as it was
 * when the folio may be pinned; false then, but for kernels that do not report it and let the walk go
 * on, which they never did for hugetlb (SPEC 24.6).
 */
function setPmdMigrationEntry(
  model: Model,
  folio: number,
  vma: number,
  slot: SlotAt,
  entry: Entry,
): boolean {
  const { pmd, machine } = model;
  const frame = frameMapped(model, entry, 'pmd');
  const present = pmd.is.present(entry);
  setEntry(model, slot, present ? pmd.to.mkinvalid(entry) : NONE);
  const hugetlb = isHugetlb(model, folio);
  const exclusive = isAnon(model, folio) && isAnonExclusive(model, frame);
  if (exclusive && !sharesHuge(model, folio, hugetlb)) {
    setEntry(model, slot, entry);
    return !hugetlb && !model.has('swap-entries-keep-exclusive');
  }
  const dirty = present && pmd.is.dirty(entry);
  if (dirty) setFlag(model, folio, PAGE_FLAG.dirty, true);
  const writable = present
    ? pmd.is.write(entry)
    : pmd.absent(entry).what === 'device-private-write';
  const kind = migrationKind(writable, exclusive);
  const young = present && pmd.is.young(entry);
  const made = migrationEntry(model, pmd, kind, machine.memory.pfn(frame), young, dirty);
  const marked = carryFlags(pmd, entry, made);
  setEntry(model, slot, hugetlb ? marked : pmdMarks(model, entry, marked));
  if (hugetlb) hugetlbRemoveRmap(model, folio, vma);
  else removeRmap(model, frame, folioPages(model, folio), vma, 'pmd');
  putRefs(model, folio);
  return true;
}

const sharesHuge = (model: Model, folio: number, hugetlb: boolean): boolean =>
  hugetlb
    ? hugetlbTryShareAnonRmap(model, folio) === 0
    : tryShareAnonRmap(model, folio, 'pmd') === 0;

/** userfaultfd's protection of a PMD is lost in early kernels. */
const pmdMarks = (model: Model, from: Entry, made: Entry): Entry =>
  model.has('migration-pmd-keeps-uffd-wp') || !model.pmd.is.present(from)
    ? made
    : model.pmd.to.swp_clear_uffd_wp(made);

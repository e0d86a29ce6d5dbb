import { folioOf } from '../frames/folio.js';
import { type Entry, NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePmdWritable } from '../mprotect/can-change-writable.js';
import { staysExclusive } from '../mprotect/change-nonpresent-pte.js';
import { MM_CP } from '../mprotect/flags.js';
import { takesNumaHint } from '../mprotect/numa-hint.js';
import { vmNormalPage } from '../normal-page.js';
import { migrationKind } from '../rmap/migration-entry.js';
import { entryIn, pagesOfLevel, type SlotAt, setEntry } from '../tables/tables.js';
import { absentPmdKind, frameOfAbsentPmd } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';
import { leafStart } from './insert-leaf.js';

/**
 * change_huge_pmd(): a PMD gets a new protection. Pages whose protection changed, 0 when the entry was
 * left alone or is not present (mm/huge_memory.c; SPEC 8.5, SPEC-7.2 8.7).
 */
export function changeHugePmd(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  prot: Prot,
  flags: number,
): number {
  const { pmd } = model;
  const old = entryIn(model, slot) ?? NONE;
  if (!pmd.is.present(old)) {
    setEntry(model, slot, changedAbsent(model, old, flags));
    return 0;
  }
  const first = leafStart(model, 'pmd', vpn);
  const numa = (flags & MM_CP.PROT_NUMA) !== 0;
  if (numa && isLeftToHint(model, vma, first, old)) return 0;
  let entry = pmd.modify(old, prot);
  if (numa && !model.has('manual-write-upgrade') && pmd.is.write(old)) entry = pmd.mkwrite(entry);
  if ((flags & MM_CP.UFFD_WP) !== 0) entry = pmd.to.mkuffd_wp(pmd.to.wrprotect(entry));
  else if ((flags & MM_CP.UFFD_WP_RESOLVE) !== 0) entry = pmd.to.clear_uffd_wp(entry);
  const tries = (flags & MM_CP.TRY_CHANGE_WRITABLE) !== 0 && model.has('manual-write-upgrade');
  if (tries && !pmd.is.write(entry) && canChangePmdWritable(model, vma, first, entry)) {
    entry = pmd.mkwrite(entry);
  }
  setEntry(model, slot, entry);
  return pagesOfLevel(model, 'pmd');
}

/** A hint is there already, or would tell nothing; of most folios nobody asked that until 7.2. */
function isLeftToHint(model: Model, vma: number, first: number, old: Entry): boolean {
  if (isHugeZeroPmd(model, old) || model.pmd.is.protnone(old)) return true;
  if (!model.has('numa-filter-shared')) return false;
  return !takesNumaHint(model, vma, vmNormalPage(model, 'pmd', vma, first, old));
}

/** A folio that migrates, or lies on a device, can only be read from now on. */
function changedAbsent(model: Model, old: Entry, flags: number): Entry {
  const { pmd } = model;
  let entry = old;
  const { what } = pmd.absent(old);
  if (what === 'migration-write') {
    const folio = folioOf(model, frameOfAbsentPmd(model, old));
    entry = pmd.turned(old, migrationKind(false, staysExclusive(model, folio)));
  } else if (what === 'device-private-write') {
    entry = pmd.to.swp_clear_soft_dirty(pmd.turned(old, 'device-private-read'));
  } else if (absentPmdKind(model, old) === 'other') model.vmBug('not-migration');
  if ((flags & MM_CP.UFFD_WP) !== 0) return pmd.to.swp_mkuffd_wp(entry);
  return (flags & MM_CP.UFFD_WP_RESOLVE) !== 0 ? pmd.to.swp_clear_uffd_wp(entry) : entry;
}

/**
 * change_huge_pud(): a PUD gets a new protection. Pages whose protection changed; hints of NUMA
 * balancing are not for it, and userfaultfd cannot protect it (SPEC 8.5).
 */
export function changeHugePud(
  model: Model,
  _vma: number,
  _vpn: number,
  slot: SlotAt,
  prot: Prot,
  flags: number,
): number {
  const { pud } = model;
  if ((flags & MM_CP.PROT_NUMA) !== 0) return 0;
  if ((flags & (MM_CP.UFFD_WP | MM_CP.UFFD_WP_RESOLVE)) !== 0) {
    model.warn('userfaultfd-on-pud');
    return 0;
  }
  const old = entryIn(model, slot) ?? NONE;
  setEntry(model, slot, pud.modify(old, prot));
  return pagesOfLevel(model, 'pud');
}

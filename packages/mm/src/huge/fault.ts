import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { isAccessible } from '../fault/handle-pte-fault.js';
import { newFault } from '../fault/vmf.js';
import { folioOf, hasFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, type EntrySpace, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { entryIn, pagesOfLevel, type SlotAt, setEntry, slotMade } from '../tables/tables.js';
import { mmOf, opsOf, vmaIsAnonymous } from '../vma/vma.js';
import { doHugePmdAnonymousPage } from './anonymous-pmd.js';
import { absentPmdKind, frameOfAbsentPmd, levelReached } from './huge-entry.js';
import type { HugeLevel } from './insert-leaf.js';
import { doHugePmdNumaPage } from './numa-pmd.js';
import { hasHugePages, wantsHugePage } from './suitable.js';
import { wpHugePmd, wpHugePud } from './wp-pmd.js';

/**
 * create_huge_pud(), create_huge_pmd(): an empty slot is filled by a huge entry where the VMA has
 * them. VM_FAULT_* bits; FALLBACK alone when PTEs are to serve (mm/memory.c; SPEC 6.1, 10.2).
 */
export function createHuge(model: Model, vma: number, vpn: number, flags: number): number {
  if (vmaIsAnonymous(model, vma)) {
    if (!wantsHugePage(model, vma, vpn) || !hasHugePages(model, vma)) return VM_FAULT.FALLBACK;
    const slot = emptySlot(model, 'pmd', vma, vpn);
    return slot < 0 ? VM_FAULT.FALLBACK : doHugePmdAnonymousPage(model, vma, vpn, slot, flags);
  }
  if (opsOf(model, vma)?.hugeFault === undefined || !hasHugePages(model, vma)) {
    return VM_FAULT.FALLBACK;
  }
  const byPud = createByDriver(model, 'pud', vma, vpn, flags);
  return byPud === VM_FAULT.FALLBACK ? createByDriver(model, 'pmd', vma, vpn, flags) : byPud;
}

/** The driver's huge_fault() decides whether a leaf fits. */
function createByDriver(
  model: Model,
  level: HugeLevel,
  vma: number,
  vpn: number,
  flags: number,
): number {
  const { supports } = model.machine.form.definition;
  if (level === 'pud' && !supports.pudTransparentHugepage) return VM_FAULT.FALLBACK;
  if (emptySlot(model, level, vma, vpn) < 0) return VM_FAULT.FALLBACK;
  const handler = opsOf(model, vma)?.hugeFault;
  const answer = handler?.(model, newFault(vma, vpn, flags, NONE), level) ?? VM_FAULT.FALLBACK;
  return (answer & VM_FAULT.FALLBACK) !== 0 ? VM_FAULT.FALLBACK : answer;
}

/** The slot of an address at a level, when nothing lies in it; -1 otherwise. */
export function emptySlot(model: Model, level: HugeLevel, vma: number, vpn: number): SlotAt {
  if (pagesOfLevel(model, level) === 0) return -1;
  const slot = slotMade(model, mmOf(model, vma), vpn, level);
  return slot >= 0 && entryIn(model, slot) === NONE ? slot : -1;
}

/**
 * A fault on a huge entry that is there: wp_huge_pmd(), do_huge_pmd_numa_page() and so on; FALLBACK
 * when it was split and PTEs are to serve (mm/memory.c; SPEC 6.1, 10.3).
 *
 * @param slot where the entry lies, just found by `deepestSlot`
 */
export function hugeLeafFault(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  flags: number,
): number {
  const level = levelReached(model);
  const space = model.machine.space(level);
  const entry = entryIn(model, slot) ?? NONE;
  const write = (flags & FAULT_FLAG.WRITE) !== 0;
  if (level === 'pud') {
    if (write && !space.is.write(entry)) return wpHugePud(model, vma, vpn, entry, flags);
    return setAccessed(model, space, slot, entry, write);
  }
  if (!space.is.present(entry)) return waitsForFolio(model, entry);
  if (space.is.protnone(entry) && isAccessible(model, vma)) {
    return doHugePmdNumaPage(model, vma, vpn, slot, entry);
  }
  const asks = (flags & (FAULT_FLAG.WRITE | FAULT_FLAG.UNSHARE)) !== 0;
  if (asks && !space.is.write(entry)) return wpHugePmd(model, vma, vpn, slot, entry, flags);
  return setAccessed(model, space, slot, entry, write);
}

/** huge_pmd_set_accessed(), huge_pud_set_accessed(): what the processor would have noted. */
function setAccessed(
  model: Model,
  { to }: EntrySpace,
  slot: SlotAt,
  entry: Entry,
  write: boolean,
): number {
  const young = to.mkyoung(entry);
  setEntry(model, slot, write ? to.mkdirty(young) : young);
  return 0;
}

/** The folio migrates, or lies on a device: the access is repeated (SPEC-7.2 6.11, 10.10). */
function waitsForFolio(model: Model, entry: Entry): number {
  const kind = absentPmdKind(model, entry);
  if (kind === 'migration') model.note('waits-for-migration');
  if (kind !== 'device') return 0;
  const folio = folioOf(model, frameOfAbsentPmd(model, entry));
  if (hasFlag(model, folio, PAGE_FLAG.locked)) return 0;
  model.note('migrates-to-ram');
  return VM_FAULT.RETRY;
}

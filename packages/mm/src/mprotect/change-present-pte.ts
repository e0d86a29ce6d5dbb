import { folioOf, isAnon, isAnonExclusive, isLarge } from '../frames/folio.js';
import type { Entry, Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { pteBatch } from '../tables/pte-batch.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { vmFlagsOf } from '../vma/vma.js';
import {
  canChangePteWritable,
  canChangeSharedPteWritable,
  maybeChangePteWritable,
} from './can-change-writable.js';
import { MM_CP } from './flags.js';
import { takesNumaHint } from './numa-hint.js';

/** The entry is a hint already, or hints of its page would tell nothing. */
export function isLeftToHint(model: Model, vma: number, vpn: number, entry: Entry): boolean {
  if (model.pte.is.protnone(entry)) return true;
  return !takesNumaHint(model, vma, vmNormalPage(model, 'pte', vma, vpn, entry));
}

/**
 * change_pte_range() for a present entry, with the ones behind it that map the same large folio and
 * are alike. Answers how many were changed (SPEC 8.2).
 *
 * @param most how many may be changed
 */
export function changePresentPtes(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
  most: number,
  prot: Prot,
  flags: number,
): number {
  if (model.has('mprotect-batches')) {
    return changeBatch(model, vma, vpn, slot, old, most, prot, flags);
  }
  const entry = changed(model, old, prot, flags);
  const tries = (flags & MM_CP.TRY_CHANGE_WRITABLE) !== 0 && !model.pte.is.write(entry);
  const upgrades = tries && canChangePteWritable(model, vma, vpn, entry);
  setEntry(model, slot, upgrades ? model.pte.mkwrite(entry) : entry);
  return 1;
}

/** pte_modify(), and what userfaultfd and, before 6.2, NUMA hints want besides. */
function changed(model: Model, old: Entry, prot: Prot, flags: number): Entry {
  const { pte } = model;
  let entry = pte.modify(old, prot);
  const numa = (flags & MM_CP.PROT_NUMA) !== 0;
  if (numa && !model.has('manual-write-upgrade') && pte.is.write(old)) entry = pte.mkwrite(entry);
  if ((flags & MM_CP.UFFD_WP) !== 0) return pte.to.mkuffd_wp(pte.to.wrprotect(entry));
  return (flags & MM_CP.UFFD_WP_RESOLVE) !== 0 ? pte.to.clear_uffd_wp(entry) : entry;
}

/** Entries that may be changed together have the same write and soft-dirty bits. */
const ALIKE = { write: true, dirty: false, softDirty: true } as const;

/** From 6.17 on: a batch is dirty, or young, when one of its entries is. */
function changeBatch(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
  most: number,
  prot: Prot,
  flags: number,
): number {
  const { pte } = model;
  const frame = vmNormalPage(model, 'pte', vma, vpn, old);
  if (frame === WILD_PAGE) model.bug('wild-page');
  const folio = frame < 0 ? -1 : folioOf(model, frame);
  const batched = folio >= 0 && most > 1 && isLarge(model, folio);
  const nr = batched ? pteBatch(model, slot, old, frame, most, ALIKE) : 1;
  let entry = changed(model, nr === 1 ? old : gathered(model, slot, old, nr), prot, flags);
  const tries = (flags & MM_CP.TRY_CHANGE_WRITABLE) !== 0 && !pte.is.write(entry);
  const shared = vmFlagsOf(model, vma).VM_SHARED;
  const upgrades =
    tries &&
    (shared
      ? canChangeSharedPteWritable(model, vma, entry)
      : maybeChangePteWritable(model, vma, entry) && folio >= 0 && isAnon(model, folio));
  for (let i = 0; i < nr; i++) {
    const writable = upgrades && (shared || isAnonExclusive(model, frame + i));
    setEntry(model, slot + i, writable ? pte.mkwrite(entry) : entry);
    if (i + 1 < nr) entry = pte.to.next_pfn(entry);
  }
  return nr;
}

/** modify_prot_start_ptes(): the first entry, with what the others know of the folio. */
function gathered(model: Model, slot: SlotAt, old: Entry, nr: number): Entry {
  const { is, to } = model.pte;
  let entry = old;
  for (let i = 1; i < nr; i++) {
    const other = entryIn(model, slot + i) as Entry;
    if (is.dirty(other)) entry = to.mkdirty(entry);
    if (is.young(other)) entry = to.mkyoung(entry);
  }
  return entry;
}

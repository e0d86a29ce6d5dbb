import { VM_FAULT } from '../errno.js';
import { fileCounterOf, getRefs, isHugeZeroFolio } from '../frames/folio.js';
import { isDevmapPfn } from '../insert/pfn-flags.js';
import { type Entry, type EntrySpace, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { Mm } from '../state/columns.js';
import {
  depositTable,
  entryIn,
  freeTableDeposited,
  pagesOfLevel,
  type SlotAt,
  setEntry,
  slotMade,
} from '../tables/tables.js';
import { contains, maybeMkwrite, mmOf, pageProtOf } from '../vma/vma.js';
import { isHugeZeroPmd } from './huge-zero.js';
import { canAllocTable, giveBackTable, needsDeposit } from './page-table.js';

/** Levels that huge entries lie at. */
export type HugeLevel = 'pmd' | 'pud';

/** First page of what an entry of a level maps around an address. */
export const leafStart = (model: Model, level: HugeLevel, vpn: number): number =>
  vpn - (vpn % pagesOfLevel(model, level));

/**
 * insert_pmd() and insert_pud(), insert_pfn_pmd() and insert_pfn_pud() before: what both forms of
 * insertion have in common. NOPAGE, also when the slot is taken; SIGBUS outside the VMA; OOM
 * (mm/huge_memory.c; SPEC 3.13, 3.14).
 *
 * @param folio first frame of what is mapped; -1 for a raw frame
 * @param pfnFlags PFN_FLAG bits of a raw frame, until pfn_t went
 */
export function insertLeaf(
  model: Model,
  level: HugeLevel,
  vma: number,
  vpn: number,
  pfn: number,
  folio: number,
  write: boolean,
  pfnFlags = 0,
): number {
  if (!contains(model, vma, leafStart(model, level, vpn))) return VM_FAULT.SIGBUS;
  const deposits = level === 'pmd' && needsDeposit(model);
  if (deposits && !canAllocTable(model)) return VM_FAULT.OOM;
  const mm = mmOf(model, vma);
  const slot = slotMade(model, mm, vpn, level);
  if (slot < 0) return VM_FAULT.OOM;
  const space = model.machine.space(level);
  const old = entryIn(model, slot);
  if (old !== NONE) {
    if (write) upgrade(model, space, vma, slot, old, pfn);
    if (deposits) giveBackTable(model);
    return VM_FAULT.NOPAGE;
  }
  const leaf = space.leaf(pfn, pageProtOf(model, vma));
  const entry =
    folio < 0 ? raw(model, space, leaf, pfnFlags) : mapped(model, space, vma, leaf, folio);
  if (deposits) {
    depositTable(model, mm, slot);
    if (freesDeposited(model)) freeTableDeposited(model, slot);
  }
  setEntry(model, slot, write ? written(model, space, vma, entry) : entry);
  return VM_FAULT.NOPAGE;
}

/** In v6 of the DAX series the caller freed its table whether it was used or not. */
const freesDeposited = (model: Model): boolean =>
  model.has('insert-folio-pmd') && !model.has('deposited-table-kept');

/** A write fault on a slot in use: only the frame that is there already becomes writable. */
function upgrade(
  model: Model,
  space: EntrySpace,
  vma: number,
  slot: SlotAt,
  old: Entry | undefined,
  pfn: number,
): void {
  const present = old === undefined || space.is.present(old);
  if (!present && model.has('compare-only-present')) return;
  // A table lies in a frame of its own, which is never the one that is inserted.
  if (old === undefined || space.pfn(old) !== pfn) {
    const zero = space.level === 'pmd' && old !== undefined && isHugeZeroPmd(model, old);
    if (!zero) model.warn('pfn-mismatch');
    return;
  }
  setEntry(model, slot, written(model, space, vma, old));
}

const written = (model: Model, space: EntrySpace, vma: number, entry: Entry): Entry =>
  maybeMkwrite(model, vma, space, space.to.mkdirty(space.to.mkyoung(entry)));

/** An entry of a raw frame: nothing is counted. */
function raw(model: Model, { to }: EntrySpace, entry: Entry, pfnFlags: number): Entry {
  if (isDevmapPfn(model, pfnFlags)) return to.mkdevmap(entry);
  return model.has('huge-pfnmap') ? to.mkspecial(entry) : entry;
}

/** An entry of a folio, which is counted, save the huge zero folio; special all the same at first. */
function mapped(model: Model, space: EntrySpace, vma: number, entry: Entry, folio: number): Entry {
  if (isHugeZeroFolio(model, folio) && model.has('huge-zero-by-insert-folio')) {
    return model.has('huge-zero-pmd-special') ? space.to.mkspecial(entry) : entry;
  }
  const pages = pagesOfLevel(model, space.level);
  getRefs(model, folio);
  addFileRmap(model, folio, pages, vma, space.level);
  model.state.add(fileCounterOf(model, folio, Mm), mmOf(model, vma), pages);
  return model.has('dax-leaf-not-special') ? entry : space.to.mkspecial(entry);
}

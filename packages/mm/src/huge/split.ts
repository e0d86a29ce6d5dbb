import { fileCounterOf, folioOf, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, type EntrySpace, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { removeRmap } from '../rmap/remove.js';
import { Mm, Vma } from '../state/columns.js';
import {
  entryIn,
  freeDeposited,
  isTable,
  pagesOfLevel,
  type SlotAt,
  setEntry,
  slotAt,
} from '../tables/tables.js';
import { vmaIsDax, vmaIsSpecialHuge } from '../vma/special-huge.js';
import { mmOf, vmaIsAnonymous } from '../vma/vma.js';
import { absentPmdKind, frameOfAbsentPmd, frameOfLeaf } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';
import { leafStart } from './insert-leaf.js';
import { needsDeposit } from './page-table.js';
import { splitAnonPmd } from './split-anon.js';

/**
 * split_huge_pmd(): the leaf that maps an address goes, or becomes entries of the table that was
 * deposited for it (__split_huge_pmd_locked(), mm/huge_memory.c; SPEC 10.1, SPEC-7.2 10.10).
 *
 * @param freeze the entries become migration entries, unless the folio may be pinned
 */
export function splitHugePmd(model: Model, vma: number, vpn: number, freeze = false): void {
  const slot = slotAt(model, mmOf(model, vma), vpn, 'pmd');
  if (slot < 0 || isTable(model, slot)) return;
  const old = entryIn(model, slot) ?? NONE;
  if (old === NONE) return;
  const first = leafStart(model, 'pmd', vpn);
  const pages = pagesOfLevel(model, 'pmd');
  const { state } = model;
  if (first < state.get(Vma.start, vma) || first + pages > state.get(Vma.end, vma)) {
    if (model.has('device-private-pmd')) model.vmWarn('split-outside-vma');
    else model.vmBug('split-outside-vma');
  }
  if (vmaIsAnonymous(model, vma)) splitAnonPmd(model, vma, first, slot, old, freeze);
  else dropPmd(model, vma, slot, old);
}

/** An entry of a file is not replaced: the next access finds the page again. */
function dropPmd(model: Model, vma: number, slot: SlotAt, old: Entry): void {
  const { pmd } = model;
  setEntry(model, slot, NONE);
  if (needsDeposit(model)) freeDeposited(model, mmOf(model, vma), slot);
  const asDax = model.has('dax-pmd-zap-counted') && vmaIsDax(model, vma);
  if (vmaIsSpecialHuge(model, vma) && !asDax) return;
  if (pmd.is.present(old)) {
    if (!isHugeZeroPmd(model, old)) dropLeaf(model, vma, pmd, old);
    return;
  }
  if (absentPmdKind(model, old) === 'other') return;
  const folio = folioOf(model, frameOfAbsentPmd(model, old));
  model.state.add(fileCounterOf(model, folio, Mm), mmOf(model, vma), -pagesOfLevel(model, 'pmd'));
}

/** The folio learns what the entry knew, and is mapped by it no more. */
function dropLeaf(model: Model, vma: number, space: EntrySpace, old: Entry): void {
  const frame = frameOfLeaf(model, space, old);
  const pages = pagesOfLevel(model, space.level);
  // Every page of the leaf is touched, and its last one may lie where there is no struct page.
  const last = model.machine.memory.frame(space.pfn(old) + pages - 1);
  if (frame < 0 || last < 0) model.bug('wild-page');
  const folio = folioOf(model, frame);
  if (space.is.dirty(old)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  if (space.is.young(old)) setFlag(model, folio, PAGE_FLAG.referenced, true);
  removeRmap(model, frame, pages, vma, space.level);
  model.state.add(fileCounterOf(model, folio, Mm), mmOf(model, vma), -pages);
  putRefs(model, folio);
}

/** split_huge_pud(): the leaf goes; one of DAX counts since patch 15 of its series (SPEC 10.8, 15.30). */
export function splitHugePud(model: Model, vma: number, vpn: number): void {
  const slot = slotAt(model, mmOf(model, vma), vpn, 'pud');
  if (slot < 0 || isTable(model, slot)) return;
  const old = entryIn(model, slot) ?? NONE;
  if (old === NONE) return;
  setEntry(model, slot, NONE);
  if (!model.has('dax-pud-zap-counted') || !vmaIsDax(model, vma)) return;
  dropLeaf(model, vma, model.pud, old);
}

import { splitHugePmd } from '../huge/split.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { anonVmaClone } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, entryIn, pagesOfLevel } from '../tables/tables.js';
import { isHugeEntry } from '../tables/upper-entry.js';
import { dupVma } from './address-space.js';
import { hasVmFlag, mmOf, opsOf, vmasOf } from './vma.js';

/**
 * __split_vma(): a VMA becomes two at an address inside it; answers the second half. What depends on
 * the address keeps its meaning: vm_pgoff moves with the start (mm/vma.c; SPEC 15.16).
 */
export function splitVma(model: Model, vma: number, at: number): number {
  const { state } = model;
  const start = state.get(Vma.start, vma);
  const end = state.get(Vma.end, vma);
  if (at <= start || at >= end) throw new Error(`no split of [${start}, ${end}) at ${at}`);
  splitHugeAt(model, vma, at);
  state.set(Vma.end, vma, at);
  const second = dupVma(model, vma, mmOf(model, vma), at, end);
  state.set(Vma.pgoff, second, state.get(Vma.pgoff, vma) + (at - start));
  anonVmaClone(model, second, vma, false);
  opsOf(model, second)?.open?.(model, second);
  return second;
}

/**
 * hugetlb_vm_op_split(): memory of hugetlb is cut between its huge pages only; what would cut it
 * elsewhere is -EINVAL.
 */
export function cutsHugePage(model: Model, vma: number, at: number): boolean {
  const { state } = model;
  const inside = at > state.get(Vma.start, vma) && at < state.get(Vma.end, vma);
  return inside && isInsideHugePage(model, vma, at);
}

/** The VMA is hugetlb's, and a page number is not that of a huge page's first page. */
export function isInsideHugePage(model: Model, vma: number, at: number): boolean {
  const pages = pagesOfLevel(model, 'pmd');
  return hasVmFlag(model, vma, 'VM_HUGETLB') && pages > 1 && at % pages !== 0;
}

/** vma_adjust_trans_huge(): no huge PMD may reach over the new end of its VMA. */
function splitHugeAt(model: Model, vma: number, at: number): void {
  const pages = pagesOfLevel(model, 'pmd');
  if (pages <= 1 || at % pages === 0) return;
  const slot = deepestSlot(model, mmOf(model, vma), at);
  if (slot < 0 || model.reached !== 1) return;
  const entry = entryIn(model, slot) ?? NONE;
  if (isHugeEntry(model, 1, entry)) splitHugePmd(model, vma, at);
}

/** The VMAs of a range, split at its ends. */
export function vmasOfRange(model: Model, mm: number, start: number, end: number): number[] {
  return vmasTouching(model, mm, start, end).map((vma) => isolate(model, vma, start, end));
}

/** The part of a VMA that lies in a range, split off at its ends. */
export function isolate(model: Model, vma: number, start: number, end: number): number {
  const { state } = model;
  const part = state.get(Vma.start, vma) < start ? splitVma(model, vma, start) : vma;
  if (state.get(Vma.end, part) > end) splitVma(model, part, end);
  return part;
}

/** The VMAs that a range touches, by address. */
export const vmasTouching = (model: Model, mm: number, start: number, end: number): number[] =>
  [...vmasOf(model, mm)].filter(
    (vma) => model.state.get(Vma.start, vma) < end && model.state.get(Vma.end, vma) > start,
  );

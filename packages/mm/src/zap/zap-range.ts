import { splitHugePmd, splitHugePud } from '../huge/split.js';
import { zapHugePmd, zapHugePud } from '../huge/zap-huge.js';
import { isPrivateHugetlb } from '../hugetlb/fault.js';
import { unmapHugepageRange } from '../hugetlb/zap.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { freeEmptyLeafTable } from '../tables/free-tables.js';
import { deepestSlot, endOfTable, entryIn, nextAddress, type SlotAt } from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { hasVmFlag, mmOf, opsOf } from '../vma/vma.js';
import { ZAP_ALL, type ZapDetails } from './details.js';
import { zapNonpresentPte } from './zap-nonpresent.js';
import { zapPresentPte } from './zap-pte.js';

/**
 * unmap_page_range() over the part of a range that lies in the VMA: every entry goes that `details`
 * does not keep (mm/memory.c; SPEC 4.1 to 4.6). Tables stay, but for those that `details` wants gone.
 */
export function zapVmaRange(
  model: Model,
  vma: number,
  start: number,
  end: number,
  details: ZapDetails = ZAP_ALL,
): void {
  const { state } = model;
  const first = Math.max(start, state.get(Vma.start, vma));
  const last = Math.min(end, state.get(Vma.end, vma));
  opsOf(model, vma)?.invalidate?.(model, vma, first, last);
  if (isPrivateHugetlb(model, vma)) {
    unmapHugepageRange(model, vma, first, last);
    return;
  }
  zapEntries(model, vma, first, last, details);
  const reclaims = model.config.PT_RECLAIM && model.has('dontneed-frees-tables');
  if (details.freesTables === true && reclaims)
    freeWholeTables(model, mmOf(model, vma), first, last);
}

function zapEntries(
  model: Model,
  vma: number,
  start: number,
  end: number,
  details: ZapDetails,
): void {
  const mm = mmOf(model, vma);
  for (let vpn = start; vpn < end; ) {
    const slot = deepestSlot(model, mm, vpn);
    if (slot < 0) return;
    const number = model.reached;
    if (number === 0) {
      const stop = Math.min(end, endOfTable(model, vpn));
      for (let at = vpn; at < stop; at++) zapPte(model, vma, at, slot + (at - vpn), details);
      vpn = stop;
      continue;
    }
    const next = nextAddress(model, vpn, number);
    if (!noneOrClearBad(model, slot, number)) {
      const whole = next <= end && next - vpn === model.machine.levels[number]?.pages;
      if (!whole) {
        (number === 1 ? splitHugePmd : splitHugePud)(model, vma, vpn);
        // What the split left is looked at again: entries of a table, or nothing.
        if (entryIn(model, slot) !== NONE) continue;
      } else if (number === 1) zapHugePmd(model, vma, vpn, slot);
      else zapHugePud(model, vma, slot);
    }
    vpn = next;
  }
}

/** Leaf tables of which the range covers every entry. */
function freeWholeTables(model: Model, mm: number, start: number, end: number): void {
  const span = model.machine.levels[1]?.pages ?? Number.POSITIVE_INFINITY;
  for (let vpn = Math.ceil(start / span) * span; vpn + span <= end; vpn += span) {
    freeEmptyLeafTable(model, mm, vpn);
  }
}

/** One slot of a leaf table. */
function zapPte(model: Model, vma: number, vpn: number, slot: SlotAt, details: ZapDetails): void {
  const entry = entryIn(model, slot);
  if (entry === undefined || entry === NONE) return;
  if (model.pte.is.present(entry)) zapPresentPte(model, vma, vpn, slot, entry, details);
  else zapNonpresentPte(model, vma, vpn, slot, entry, details);
}

/**
 * zap_vma_ptes(), in 7.2 zap_special_vma_range(): zaps a range of a VMA of raw pfns, and silently
 * does nothing anywhere else (SPEC 4.6, SPEC-7.2 4.9).
 */
export function zapVmaPtes(model: Model, vma: number, start: number, pages: number): void {
  const { state } = model;
  if (start < state.get(Vma.start, vma) || start + pages > state.get(Vma.end, vma)) return;
  const mixed = model.has('special-zap-takes-mixedmap') && hasVmFlag(model, vma, 'VM_MIXEDMAP');
  if (!mixed && !hasVmFlag(model, vma, 'VM_PFNMAP')) return;
  zapVmaRange(model, vma, start, start + pages);
}

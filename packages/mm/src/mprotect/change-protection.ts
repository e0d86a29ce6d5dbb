import { ERRNO } from '../errno.js';
import { changeHugePmd, changeHugePud } from '../huge/change-huge.js';
import { splitHugePmd, splitHugePud } from '../huge/split.js';
import { NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import {
  deepestSlot,
  endOfTable,
  entryIn,
  nextAddress,
  setEntry,
  slotMade,
} from '../tables/tables.js';
import { noneOrClearBad } from '../tables/upper-entry.js';
import { vmGetPageProt } from '../vma/page-prot-of-flags.js';
import { hasVmFlag, mmOf, vmaIsAnonymous } from '../vma/vma.js';
import { PTE_MARKER } from '../zap/markers.js';
import { changeNonpresentPte } from './change-nonpresent-pte.js';
import { changePresentPtes, isLeftToHint } from './change-present-pte.js';
import { MM_CP } from './flags.js';

/**
 * change_protection(): gives all entries of a range a new protection. Answers how many changed;
 * -ENOMEM when a table for userfaultfd's markers cannot be had (mm/mprotect.c; SPEC 8).
 */
export function changeProtection(
  model: Model,
  vma: number,
  start: number,
  end: number,
  prot: Prot,
  flags: number,
): number {
  const mm = mmOf(model, vma);
  const marks =
    (flags & MM_CP.UFFD_WP) !== 0 &&
    model.has('pte-markers') &&
    !vmaIsAnonymous(model, vma) &&
    hasVmFlag(model, vma, 'VM_UFFD_WP');
  let changed = 0;
  let vpn = start;
  while (vpn < end) {
    const slot = slotToChange(model, mm, vpn, marks);
    if (slot < 0) return marks ? ERRNO.ENOMEM : changed;
    const number = model.reached;
    if (number === 0) {
      const stop = Math.min(end, endOfTable(model, vpn));
      for (let at = vpn; at < stop; ) {
        const nr = changePtes(model, vma, at, stop, slot + (at - vpn), prot, flags, marks);
        changed += nr;
        at += Math.max(nr, 1);
      }
      vpn = stop;
      continue;
    }
    const next = nextAddress(model, vpn, number);
    if (noneOrClearBad(model, slot, number)) {
      vpn = next;
      continue;
    }
    const whole = next <= end && next - vpn === model.machine.levels[number]?.pages;
    if (!whole || marks) {
      (number === 1 ? splitHugePmd : splitHugePud)(model, vma, vpn);
      // What the split left is looked at again: entries of a table, or nothing.
      if (marks || entryIn(model, slot) !== NONE) continue;
    } else {
      const change = number === 1 ? changeHugePmd : changeHugePud;
      changed += change(model, vma, vpn, slot, prot, flags);
    }
    vpn = next;
  }
  return changed;
}

/** change_prot_numa(): entries of a range become hints, which fault and tell who uses the page. */
export const changeProtNuma = (model: Model, vma: number, start: number, end: number): number =>
  changeProtection(model, vma, start, end, vmGetPageProt(model.machine, 0n), MM_CP.PROT_NUMA);

/** Where entries are missing and userfaultfd's protection needs markers, tables are made. */
function slotToChange(model: Model, mm: number, vpn: number, marks: boolean): number {
  const slot = deepestSlot(model, mm, vpn);
  const missing = slot < 0 || (model.reached > 0 && entryIn(model, slot) === NONE);
  if (!missing || !marks) return slot;
  return slotMade(model, mm, vpn, 'pte') < 0 ? -1 : deepestSlot(model, mm, vpn);
}

/**
 * change_pte_range() for the entry of an address, and those that are changed with it. Answers
 * how many changed; 0 when this one stays as it is.
 */
function changePtes(
  model: Model,
  vma: number,
  vpn: number,
  end: number,
  slot: number,
  prot: Prot,
  flags: number,
  marks: boolean,
): number {
  const entry = entryIn(model, slot) ?? NONE;
  if (entry === NONE) {
    const marker = marks ? model.pte.makeAbsent('marker', PTE_MARKER.uffdWp) : undefined;
    if (marker === undefined) return 0;
    setEntry(model, slot, marker);
    return 1;
  }
  if (!model.pte.is.present(entry)) return changeNonpresentPte(model, slot, entry, flags);
  if ((flags & MM_CP.PROT_NUMA) !== 0 && isLeftToHint(model, vma, vpn, entry)) return 0;
  return changePresentPtes(model, vma, vpn, slot, entry, end - vpn, prot, flags);
}

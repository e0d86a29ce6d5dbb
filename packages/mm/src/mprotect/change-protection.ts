import { changeHugePmd, changeHugePud } from '../huge/change-huge.js';
import { splitHugePmd, splitHugePud } from '../huge/split.js';
import { NONE, type Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { deepestSlot, entryIn, nextAddress, setEntry, slotMade } from '../tables/tables.js';
import { hasVmFlag, mmOf, vmaIsAnonymous } from '../vma/vma.js';
import { PTE_MARKER } from '../zap/markers.js';
import { changeNonpresentPte } from './change-nonpresent-pte.js';
import { changePresentPte } from './change-present-pte.js';

/** MM_CP_* bits: why protections change (SPEC 8.1). */
export const MM_CP = {
  TRY_CHANGE_WRITABLE: 1 << 0,
  PROT_NUMA: 1 << 1,
  UFFD_WP: 1 << 2,
  UFFD_WP_RESOLVE: 1 << 3,
} as const;

/**
 * change_protection(): gives all entries of a range a new protection. Answers how many changed
 * (mm/mprotect.c; SPEC 8).
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
  let changed = 0;
  let vpn = start;
  while (vpn < end) {
    const slot = slotToChange(model, vma, mm, vpn, flags);
    if (slot < 0) return changed;
    const number = model.reached;
    const next = nextAddress(model, vpn, number);
    const entry = entryIn(model, slot);
    if (number === 0) changed += changePte(model, vma, vpn, slot, prot, flags);
    else if (entry !== NONE) {
      const whole = next <= end && next - vpn === model.machine.levels[number]?.pages;
      if (!whole) {
        (number === 1 ? splitHugePmd : splitHugePud)(model, vma, vpn);
        if (entryIn(model, slot) !== NONE) continue;
      } else {
        changed += (number === 1 ? changeHugePmd : changeHugePud)(
          model,
          vma,
          vpn,
          slot,
          prot,
          flags,
        );
      }
    }
    vpn = next;
  }
  return changed;
}

/** Where entries are missing and userfaultfd's protection needs markers, tables are made. */
function slotToChange(model: Model, vma: number, mm: number, vpn: number, flags: number): number {
  const slot = deepestSlot(model, mm, vpn);
  const missing = slot < 0 || (model.reached > 0 && entryIn(model, slot) === NONE);
  const needsMarkers = (flags & MM_CP.UFFD_WP) !== 0 && !vmaIsAnonymous(model, vma);
  if (!missing || !needsMarkers) return slot;
  slotMade(model, mm, vpn, 'pte');
  return deepestSlot(model, mm, vpn);
}

function changePte(
  model: Model,
  vma: number,
  vpn: number,
  slot: number,
  prot: Prot,
  flags: number,
): number {
  const entry = entryIn(model, slot) ?? NONE;
  if (entry === NONE) {
    const marks = (flags & MM_CP.UFFD_WP) !== 0 && !vmaIsAnonymous(model, vma);
    const marker = marks ? model.pte.makeAbsent('marker', PTE_MARKER.uffdWp) : undefined;
    if (marker === undefined || !hasVmFlag(model, vma, 'VM_UFFD_WP')) return 0;
    setEntry(model, slot, marker);
    return 1;
  }
  return model.pte.is.present(entry)
    ? changePresentPte(model, vma, vpn, slot, entry, prot, flags)
    : changeNonpresentPte(model, slot, entry, flags);
}

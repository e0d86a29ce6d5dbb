import { ERRNO } from '../errno.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { VmFlagName } from '../machine/vm-flags.js';
import type { Model } from '../model.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { deepestSlot, entryIn, setEntry, slotMade } from '../tables/tables.js';
import { isMarker, PTE_MARKER } from '../zap/markers.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { addVmFlags, hasVmFlag, mmOf, vmaIsAnonymous } from './vma.js';

/** VMAs of drivers, and of huge pages, cannot have guards. */
const REFUSED = [
  'VM_IO',
  'VM_DONTEXPAND',
  'VM_PFNMAP',
  'VM_MIXEDMAP',
  'VM_HUGETLB',
] as const satisfies readonly VmFlagName[];

/** is_valid_guard_vma(); kernels without guards know no such advice. */
const mayHaveGuards = (model: Model, vma: number): boolean =>
  model.has('guard-markers') && !REFUSED.some((name) => hasVmFlag(model, vma, name));

/**
 * MADV_GUARD_INSTALL: whoever touches the range gets SIGSEGV, whatever lay there. 0; -EINVAL for VMAs
 * that cannot be written to, are locked, or are a driver's; -ENOMEM without a table
 * (mm/madvise.c; SPEC-7.2 1.9).
 */
export function installGuards(model: Model, vma: number, start: number, end: number): number {
  if (!mayHaveGuards(model, vma) || hasVmFlag(model, vma, 'VM_LOCKED')) return ERRNO.EINVAL;
  if (!hasVmFlag(model, vma, 'VM_MAYWRITE')) return ERRNO.EINVAL;
  // Fork must copy the VMA: 7.2 says so by a flag, older kernels by its having an anon_vma.
  if (model.machine.flagSets.mask('VM_MAYBE_GUARD') !== 0n) {
    addVmFlags(model, vma, 'VM_MAYBE_GUARD');
    if (vmaIsAnonymous(model, vma)) anonVmaPrepare(model, vma);
  } else anonVmaPrepare(model, vma);
  const guard = model.pte.makeAbsent('marker', PTE_MARKER.guard);
  if (guard === undefined) return ERRNO.EINVAL;
  zapVmaRange(model, vma, start, end);
  for (let vpn = start; vpn < end; vpn++) {
    const slot = slotMade(model, mmOf(model, vma), vpn, 'pte');
    if (slot < 0) return ERRNO.ENOMEM;
    setEntry(model, slot, guard);
  }
  return 0;
}

/** MADV_GUARD_REMOVE: the guards of a range go, and nothing else. 0, or -EINVAL. */
export function removeGuards(model: Model, vma: number, start: number, end: number): number {
  if (!mayHaveGuards(model, vma)) return ERRNO.EINVAL;
  for (let vpn = start; vpn < end; vpn++) {
    const slot = deepestSlot(model, mmOf(model, vma), vpn);
    if (slot < 0 || model.reached !== 0) continue;
    const entry: Entry = entryIn(model, slot) ?? NONE;
    if (entry === NONE || model.pte.is.present(entry)) continue;
    if (isMarker(model, entry, 'PTE_MARKER_GUARD')) setEntry(model, slot, NONE);
  }
  return 0;
}

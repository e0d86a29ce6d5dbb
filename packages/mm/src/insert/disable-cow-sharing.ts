import { ERRNO, VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { isZeroFrame } from '../frames/folio.js';
import { MM_FLAG } from '../frames/page-flags.js';
import { splitHugePmd } from '../huge/split.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Mm, Vma } from '../state/columns.js';
import { deepestSlot, entryAt, entryIn, nextAddress, setEntry, slotAt } from '../tables/tables.js';
import { addVmFlags, dropVmFlags, hasVmFlag, isCow, vmasOf } from '../vma/vma.js';
import { mmForbidsZeropage } from './mixed-zeropage.js';

/**
 * What s390x does before a guest may have storage keys of its own: huge PMDs are split, no zeropage
 * may be mapped from now on, and those that are mapped are unshared. 0; -EFAULT for a zeropage where
 * nothing can replace it, -ENOMEM: sharing is then allowed as before (s390_enable_sie(),
 * gmap_helper_disable_cow_sharing(); SPEC 3.2). Before 6.10 zeropages were just taken away.
 */
export function disableCowSharing(model: Model, mm: number): number {
  if (mmForbidsZeropage(model, mm)) return 0;
  splitAll(model, mm);
  setForbidden(model, mm, true);
  if (!model.has('zeropage-forbidden-by-mm')) {
    dropZeropages(model, mm);
    return 0;
  }
  const error = unshareZeropages(model, mm);
  if (error !== 0) setForbidden(model, mm, false);
  else model.note('ksm-disabled');
  return error;
}

function setForbidden({ state }: Model, mm: number, forbidden: boolean): void {
  const flags = state.get(Mm.flags, mm);
  const bit = MM_FLAG.forbidsZeropage;
  state.set(Mm.flags, mm, forbidden ? flags | bit : flags & ~bit);
}

/** thp_split_mm(). */
function splitAll(model: Model, mm: number): void {
  const { state } = model;
  for (const vma of vmasOf(model, mm)) {
    dropVmFlags(model, vma, 'VM_HUGEPAGE');
    addVmFlags(model, vma, 'VM_NOHUGEPAGE');
    const end = state.get(Vma.end, vma);
    for (let vpn = state.get(Vma.start, vma); vpn < end; ) {
      const slot = deepestSlot(model, mm, vpn);
      if (slot < 0) break;
      const level = model.reached;
      if (level === 1 && entryIn(model, slot) !== NONE) splitHugePmd(model, vma, vpn);
      vpn = nextAddress(model, vpn, Math.max(level, 1));
    }
  }
}

/** An address from here on where the VMA maps the zeropage; -1 for none. */
function nextZeropage(model: Model, mm: number, vpn: number, end: number): number {
  const { pte, machine } = model;
  for (let at = vpn; at < end; at++) {
    const entry = entryAt(model, mm, at, 'pte');
    if (entry === NONE || !pte.is.present(entry)) continue;
    const frame = machine.memory.frame(pte.pfn(entry));
    if (frame >= 0 && isZeroFrame(model, frame)) return at;
  }
  return -1;
}

/** __s390_unshare_zeropages(): each becomes an anonymous page of its own. */
function unshareZeropages(model: Model, mm: number): number {
  const { state } = model;
  for (const vma of vmasOf(model, mm)) {
    if (hasVmFlag(model, vma, 'VM_PFNMAP') || hasVmFlag(model, vma, 'VM_HUGETLB')) continue;
    const end = state.get(Vma.end, vma);
    let vpn = nextZeropage(model, mm, state.get(Vma.start, vma), end);
    while (vpn >= 0) {
      if (!isCow(model, vma)) return ERRNO.EFAULT;
      const fault = handleMmFault(model, vma, vpn, FAULT_FLAG.UNSHARE | FAULT_FLAG.REMOTE);
      if ((fault & VM_FAULT.OOM) !== 0) return ERRNO.ENOMEM;
      vpn = nextZeropage(model, mm, vpn + 1, end);
    }
  }
  return 0;
}

/** __zap_zero_pages(): entries are cleared, and nothing is counted. */
function dropZeropages(model: Model, mm: number): void {
  for (const vma of vmasOf(model, mm)) {
    const end = model.state.get(Vma.end, vma);
    let vpn = nextZeropage(model, mm, model.state.get(Vma.start, vma), end);
    for (; vpn >= 0; vpn = nextZeropage(model, mm, vpn + 1, end)) {
      setEntry(model, slotAt(model, mm, vpn, 'pte'), NONE);
    }
  }
}

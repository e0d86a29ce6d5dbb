import { folioOf, isAnon, isAnonExclusive, isZeroFrame } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { hasVmFlag } from '../vma/vma.js';
import { softDirtyEnabled } from '../vma/write-tracking.js';

/** can_change_pte_writable(): mprotect may give the write bit back without a fault (SPEC 8.3). */
export function canChangePteWritable(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
): boolean {
  const { is } = model.pte;
  if (!hasVmFlag(model, vma, 'VM_WRITE')) {
    if (!model.has('manual-write-upgrade')) model.vmBug('no-vm-write-or-writable');
    model.warn('no-vm-write');
    return false;
  }
  if (is.protnone(entry)) return false;
  if (softDirtyEnabled(model, vma) && !is.soft_dirty(entry)) return false;
  if (is.uffd_wp(entry)) return false;
  return hasVmFlag(model, vma, 'VM_SHARED')
    ? isDirtyShared(model, entry)
    : isExclusivePrivate(model, vma, vpn, entry);
}

/** A page of a private mapping that is the process's own. */
function isExclusivePrivate(model: Model, vma: number, vpn: number, entry: Entry): boolean {
  if (!model.has('manual-write-upgrade') && !model.pte.is.dirty(entry)) return false;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  return frame >= 0 && isAnon(model, folioOf(model, frame)) && isAnonExclusive(model, frame);
}

/** A dirty entry was writable once, so that nobody need be told again. */
function isDirtyShared(model: Model, entry: Entry): boolean {
  const { pte, machine } = model;
  const dirty = pte.is.dirty(entry);
  if (dirty && model.has('zeropage-support')) {
    const frame = machine.memory.frame(pte.pfn(entry));
    if (frame >= 0 && isZeroFrame(model, frame)) model.vmWarn('dirty-zeropage');
  }
  return dirty;
}

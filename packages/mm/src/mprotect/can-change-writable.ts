import type { MappingLevel } from '@pagewright/core';
import { folioOf, isAnon, isAnonExclusive, isZeroFrame } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { vmFlagsOf } from '../vma/vma.js';
import { softDirtyEnabled } from '../vma/write-tracking.js';

/** can_change_pte_writable(): mprotect may give the write bit back without a fault (SPEC 8.3). */
export function canChangePteWritable(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
): boolean {
  if (!model.has('manual-write-upgrade')) return couldChangeBefore(model, vma, vpn, entry);
  return vmFlagsOf(model, vma).VM_SHARED
    ? canChangeSharedPteWritable(model, vma, entry)
    : canChangePrivatePteWritable(model, vma, vpn, entry);
}

/** can_change_pmd_writable(): the same of a huge PMD; the mark of its first page counts (SPEC 8.3). */
export function canChangePmdWritable(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
): boolean {
  if (!mayBecomeWritable(model, 'pmd', vma, entry)) return false;
  if (vmFlagsOf(model, vma).VM_SHARED) return model.pmd.is.dirty(entry);
  return isOwn(model, 'pmd', vma, vpn, entry);
}

/** maybe_change_pte_writable(): nobody waits for a write fault. */
export const maybeChangePteWritable = (model: Model, vma: number, entry: Entry): boolean =>
  mayBecomeWritable(model, 'pte', vma, entry);

/** can_change_private_pte_writable(): the page must be the process's own. */
export const canChangePrivatePteWritable = (
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
): boolean => mayBecomeWritable(model, 'pte', vma, entry) && isOwn(model, 'pte', vma, vpn, entry);

/**
 * can_change_shared_pte_writable(): a dirty entry was writable once, so that nobody need be told
 * again.
 */
export function canChangeSharedPteWritable(model: Model, vma: number, entry: Entry): boolean {
  if (!mayBecomeWritable(model, 'pte', vma, entry)) return false;
  const { pte, machine } = model;
  const dirty = pte.is.dirty(entry);
  if (dirty && model.has('zeropage-support')) {
    const frame = machine.memory.frame(pte.pfn(entry));
    if (frame >= 0 && isZeroFrame(model, frame)) model.vmWarn('dirty-zeropage');
  }
  return dirty;
}

function mayBecomeWritable(model: Model, level: MappingLevel, vma: number, entry: Entry): boolean {
  if (!vmFlagsOf(model, vma).VM_WRITE) {
    model.warn('no-vm-write');
    return false;
  }
  return nobodyWaits(model, level, vma, entry);
}

/** No fault is wanted: of NUMA hints, of soft-dirty tracking, of userfaultfd. */
function nobodyWaits(model: Model, level: MappingLevel, vma: number, entry: Entry): boolean {
  const { is } = model.machine.space(level);
  if (is.protnone(entry)) return false;
  if (softDirtyEnabled(model, vma) && !is.soft_dirty(entry)) return false;
  return !(vmFlagsOf(model, vma).VM_UFFD_WP && is.uffd_wp(entry));
}

/** The entry maps a page that nobody shares. */
function isOwn(model: Model, level: MappingLevel, vma: number, vpn: number, entry: Entry): boolean {
  const frame = vmNormalPage(model, level, vma, vpn, entry);
  if (frame === WILD_PAGE) model.bug('wild-page');
  return frame >= 0 && isAnon(model, folioOf(model, frame)) && isAnonExclusive(model, frame);
}

/**
 * As of 6.0: asked of entries that are not writable alone, and clean ones always fault. Before, only
 * shared memory got the bit back; its test of soft-dirtiness stood the wrong way round (SPEC 24.9).
 */
function couldChangeBefore(model: Model, vma: number, vpn: number, entry: Entry): boolean {
  const { is } = model.pte;
  const { VM_WRITE, VM_SHARED, VM_SOFTDIRTY } = vmFlagsOf(model, vma);
  if (!model.has('private-write-upgrade')) {
    return VM_SHARED && is.dirty(entry) && (is.soft_dirty(entry) || !VM_SOFTDIRTY);
  }
  if (!VM_WRITE || is.write(entry)) model.vmBug('no-vm-write-or-writable');
  if (!is.dirty(entry) || !nobodyWaits(model, 'pte', vma, entry)) return false;
  return VM_SHARED || isOwn(model, 'pte', vma, vpn, entry);
}

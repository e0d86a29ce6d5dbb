import type { AbsentKind } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { counterOf, folioOf, getRefs } from '../frames/folio.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { restoreDeviceExclusive } from '../rmap/device-exclusive.js';
import { tryDupAnonRmap } from '../rmap/dup.js';
import { Mm } from '../state/columns.js';
import { namesSwapSlot, swapDuplicate } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, isCow, mmOf } from '../vma/vma.js';
import { isMarker } from '../zap/markers.js';

/**
 * copy_nonpresent_pte(): 0; -ENOENT when a device's exclusive page was taken back and its entry is to
 * be copied as a present one; -ENOMEM for a slot that no swap file has; -EBUSY when somebody has the page locked, which ends the fork
 * (mm/memory.c; SPEC 7.5, 24.16).
 */
export function copyNonpresentPte(
  model: Model,
  dstVma: number,
  srcVma: number,
  vpn: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
): number {
  const { state, pte } = model;
  const facts = pte.absent(entry);
  const dst = mmOf(model, dstVma);
  switch (facts.what) {
    case 'swap': {
      // swap_duplicate() fails, and so does what would make room for a count that cannot grow.
      if (!namesSwapSlot(model, entry)) return ERRNO.ENOMEM;
      swapDuplicate(model, entry);
      if (pte.is.swp_exclusive(entry)) setEntry(model, srcSlot, pte.to.swp_clear_exclusive(entry));
      state.add(Mm.swapEntries, dst, 1);
      setEntry(model, dstSlot, forChild(model, dstVma, pte.to.swp_clear_exclusive(entry)));
      return 0;
    }
    case 'migration-read':
    case 'migration-read-exclusive':
    case 'migration-write': {
      const folio = folioOf(model, model.machine.memory.frame(Number(facts.pfn)));
      state.add(counterOf(model, folio, Mm), dst, 1);
      const becomes = facts.what !== 'migration-read' && isCow(model, srcVma);
      setEntry(
        model,
        dstSlot,
        readable(model, dstVma, srcSlot, entry, becomes ? 'migration-read' : undefined),
      );
      return 0;
    }
    case 'device-private-read':
    case 'device-private-write': {
      const frame = model.machine.memory.frame(Number(facts.pfn));
      const folio = folioOf(model, frame);
      getRefs(model, folio);
      state.add(counterOf(model, folio, Mm), dst, 1);
      tryDupAnonRmap(model, frame, 1, dstVma, srcVma);
      if (facts.what === 'device-private-read' || !isCow(model, srcVma)) {
        setEntry(model, dstSlot, forChild(model, dstVma, entry));
        return 0;
      }
      // Soft-dirtiness of device memory is not kept.
      const made = pte.to.swp_clear_soft_dirty(pte.turned(entry, 'device-private-read'));
      setEntry(model, srcSlot, made);
      setEntry(model, dstSlot, forChild(model, dstVma, made));
      return 0;
    }
    case 'device-exclusive':
    case 'device-exclusive-read':
    case 'device-exclusive-write':
      if (!isCow(model, srcVma)) model.vmBug('device-exclusive-not-cow');
      return restoreDeviceExclusive(model, srcVma, vpn, srcSlot) ? ERRNO.ENOENT : ERRNO.EBUSY;
    case 'marker': {
      const kept =
        isMarker(model, entry, 'PTE_MARKER_POISONED') ||
        isMarker(model, entry, 'PTE_MARKER_GUARD') ||
        hasVmFlag(model, dstVma, 'VM_UFFD_WP');
      setEntry(model, dstSlot, kept ? entry : NONE);
      return 0;
    }
    default:
      setEntry(model, dstSlot, forChild(model, dstVma, entry));
      return 0;
  }
}

/** Both sides can only read from now on, when `what` is given; answers the child's entry. */
function readable(
  model: Model,
  dstVma: number,
  srcSlot: SlotAt,
  entry: Entry,
  what: AbsentKind | undefined,
): Entry {
  if (what === undefined) return forChild(model, dstVma, entry);
  const made = model.pte.turned(entry, what);
  setEntry(model, srcSlot, made);
  return forChild(model, dstVma, made);
}

/** A child that is not registered for write protection has no such mark. */
const forChild = (model: Model, dstVma: number, entry: Entry): Entry =>
  hasVmFlag(model, dstVma, 'VM_UFFD_WP') ? entry : model.pte.to.swp_clear_uffd_wp(entry);

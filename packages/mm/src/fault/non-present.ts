import { ERRNO, VM_FAULT } from '../errno.js';
import { folioOf, hasFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { restoreDeviceExclusive } from '../rmap/device-exclusive.js';
import { migrateToRam } from '../rmap/device-private.js';
import { namesSwapSlot } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag } from '../vma/vma.js';
import { isMarker } from '../zap/markers.js';
import { doPteMissing } from './missing.js';
import { swapIn } from './swap-in.js';

/** do_swap_page(): an access to an entry that is not present (mm/memory.c; SPEC 6.10, 9.8). */
export function doSwapPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const facts = model.pte.absent(entry);
  switch (facts.what) {
    case 'swap':
      // The access comes here again, and again.
      if (!namesSwapSlot(model, entry)) return 0;
      return swapIn(model, vma, vpn, slot, entry, flags);
    case 'migration-read':
    case 'migration-read-exclusive':
    case 'migration-write':
      // Nobody ends the migration meanwhile: what comes next is a fault again.
      model.note('waits-for-migration');
      return 0;
    case 'device-exclusive':
    case 'device-exclusive-read':
    case 'device-exclusive-write':
      return restoreDeviceExclusive(model, vma, vpn, slot) ? 0 : VM_FAULT.RETRY;
    case 'device-private-read':
    case 'device-private-write':
      return comesBack(model, model.machine.memory.frame(Number(facts.pfn)));
    case 'hwpoison':
      return VM_FAULT.HWPOISON;
    case 'swapin-error':
      return VM_FAULT.SIGBUS;
    case 'marker':
      return markerFault(model, vma, vpn, slot, entry, flags);
    default:
      model.badPageMap('pte', vma, vpn, entry);
      return VM_FAULT.SIGBUS;
  }
}

/**
 * The page lies on a device: its driver brings it back (migrate_to_ram()). One that is locked, or that
 * somebody refers to, stays, and the access comes here again.
 */
function comesBack(model: Model, device: number): number {
  if (hasFlag(model, folioOf(model, device), PAGE_FLAG.locked)) return 0;
  const answer = migrateToRam(model, device);
  if (answer === ERRNO.ENOMEM) return VM_FAULT.OOM;
  if (answer < 0) model.note('stays-on-device');
  return 0;
}

/** handle_pte_marker() (SPEC 6.10). */
function markerFault(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  if (isMarker(model, entry, 'PTE_MARKER_POISONED')) return VM_FAULT.HWPOISON;
  if (isMarker(model, entry, 'PTE_MARKER_GUARD')) return VM_FAULT.SIGSEGV;
  if (!isMarker(model, entry, 'PTE_MARKER_UFFD_WP')) return VM_FAULT.SIGBUS;
  if (hasVmFlag(model, vma, 'VM_UFFD_WP')) return doPteMissing(model, vma, vpn, entry, flags);
  // Left from before somebody unregistered: it means nothing any more.
  setEntry(model, slot, NONE);
  return 0;
}

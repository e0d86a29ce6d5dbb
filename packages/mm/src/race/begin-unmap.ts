import { ERRNO } from '../errno.js';
import { folioOf, getRefs, hasFlag, isAnon, isLarge } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { mergeable } from '../rmap/ksm.js';
import { folioMaybeDmaPinned } from '../rmap/pins.js';
import { addToSwap } from '../rmap/reclaim.js';
import { entryAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { begin } from './begin.js';
import { IN_FLIGHT } from './kinds.js';

/** What an unmapping in steps is told. */
export interface UnmapRequest {
  readonly vma: number;
  readonly vpn: number;
  /** `DEPARTURE`. */
  readonly departure: number;
  /** `BATCH_FLUSH`, or 0. */
  readonly flags: number;
}

/**
 * try_to_unmap() of the small anonymous page at an address, for reclaim: the folio is locked and has a
 * place in swap. Afterwards it stays in the swap cache. The record; -EBUSY for a page that reclaim
 * leaves alone because it may be pinned, -EAGAIN for a locked one, -EFAULT where there is none, or one
 * that MADV_FREE gave up
 * (mm/rmap.c; SPEC 15.60, 24.3).
 */
export function beginSwapOut(model: Model, request: UnmapRequest): number {
  const frame = smallAnonPage(model, request);
  if (frame < 0 || !hasFlag(model, frame, PAGE_FLAG.swapbacked)) return ERRNO.EFAULT;
  if (!folioTrylock(model, frame)) return ERRNO.EAGAIN;
  if (!hasFlag(model, frame, PAGE_FLAG.swapcache)) {
    const kept = folioMaybeDmaPinned(model, frame) || !addToSwap(model, frame);
    if (kept) {
      folioUnlock(model, frame);
      return ERRNO.EBUSY;
    }
  }
  getRefs(model, frame);
  return beginAt(model, IN_FLIGHT.swapOut, frame, request);
}

/**
 * try_to_migrate() of the small anonymous page at an address, which is isolated: as with the operation
 * that does it at once, the reference of that goes with remove_migration_ptes(). The record, or as
 * above (mm/rmap.c; SPEC 15.59, 24.6).
 */
export function beginMigrate(model: Model, request: UnmapRequest): number {
  const frame = smallAnonPage(model, request);
  if (frame < 0) return ERRNO.EFAULT;
  if (!folioTrylock(model, frame)) return ERRNO.EAGAIN;
  getRefs(model, frame);
  return beginAt(model, IN_FLIGHT.migrate, frame, request);
}

/** write_protect_page() of KSM. The record, or as above (mm/ksm.c; SPEC 15.60, 24.9). */
export function beginKsmProtect(model: Model, request: UnmapRequest): number {
  const frame = mergeable(model, request);
  if (frame < 0) return ERRNO.EFAULT;
  if (!folioTrylock(model, frame)) return ERRNO.EAGAIN;
  getRefs(model, frame);
  return beginAt(model, IN_FLIGHT.ksm, frame, request);
}

function beginAt(model: Model, kind: number, frame: number, request: UnmapRequest): number {
  const { vma, vpn, departure, flags } = request;
  return begin(model, { kind, mm: mmOf(model, vma), vma, vpn, frame, flags, departure });
}

function smallAnonPage(model: Model, { vma, vpn }: UnmapRequest): number {
  if (vma < 0) return -1;
  const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
  if (!model.pte.is.present(entry)) return -1;
  const frame = model.machine.memory.frame(model.pte.pfn(entry));
  const folio = folioOf(model, frame);
  return frame >= 0 && isAnon(model, folio) && !isLarge(model, folio) ? frame : -1;
}

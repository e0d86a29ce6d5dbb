import { folioOf, hasFlag, isAnon, isAnonExclusive } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, pageProtOf } from '../vma/vma.js';
import { addAnonRmap } from './anon-rmap.js';
import { frameMapped } from './mapped-walk.js';

/**
 * try_restore_exclusive_pte(): a page that a device has to itself is the processor's again. False
 * when the folio is locked (mm/memory.c; SPEC 9.9).
 */
export function restoreDeviceExclusive(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
): boolean {
  const entry = entryIn(model, slot) as Entry;
  const frame = frameMapped(model, entry);
  const folio = folioOf(model, frame);
  if (!folioTrylock(model, folio)) return false;
  const keepsRmap = model.has('one-device-exclusive-type');
  setEntry(
    model,
    slot,
    keepsRmap ? restoredByRights(model, vma, vpn, entry, folio) : restoredByType(model, vma, entry),
  );
  if (!keepsRmap) {
    // Later kernels ask this the wrong way round, so that it is never true.
    const asks = model.has('anon-exclusive') && !model.has('rmap-by-level');
    const own = isAnon(model, folio) && isAnonExclusive(model, frame);
    if (asks && !own && model.pte.is.write(entryIn(model, slot) as Entry)) {
      model.vmBug('device-exclusive-writable-shared');
    }
    if (isAnon(model, folio)) addAnonRmap(model, frame, 1, vma, vpn, false);
    else model.warn('device-exclusive-file-page');
  }
  folioUnlock(model, folio);
  return true;
}

/** A leaf that was not used yet, with the marks of the entry. */
function oldLeaf(model: Model, vma: number, entry: Entry): Entry {
  const { pte } = model;
  const pfn = Number(pte.absent(entry).pfn ?? 0n);
  const leaf = pte.to.mkold(pte.leaf(pfn, pageProtOf(model, vma)));
  return pte.is.swp_soft_dirty(entry) ? pte.to.mksoft_dirty(leaf) : leaf;
}

/** restore_exclusive_pte(): writable as mprotect() would make it. */
function restoredByRights(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
  folio: number,
): Entry {
  const { pte } = model;
  let leaf = oldLeaf(model, vma, entry);
  if (pte.is.swp_uffd_wp(entry)) leaf = pte.to.mkuffd_wp(leaf);
  if (!hasVmFlag(model, vma, 'VM_WRITE') || !canChangePteWritable(model, vma, vpn, leaf)) {
    return leaf;
  }
  return pte.mkwrite(hasFlag(model, folio, PAGE_FLAG.dirty) ? pte.to.mkdirty(leaf) : leaf);
}

/** restore_exclusive_pte() before: writable as the entry's type says. */
function restoredByType(model: Model, vma: number, entry: Entry): Entry {
  const { pte } = model;
  const leaf = oldLeaf(model, vma, entry);
  if (pte.is.swp_uffd_wp(entry)) return pte.to.mkuffd_wp(leaf);
  if (pte.absent(entry).what !== 'device-exclusive-write') return leaf;
  return maybeMkwrite(model, vma, pte, pte.to.mkdirty(leaf));
}

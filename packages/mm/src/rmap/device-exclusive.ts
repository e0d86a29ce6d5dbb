import type { AbsentKind } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioMapcount, folioOf, hasFlag, isAnon, setFlag } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { FOLL } from '../gup/flags.js';
import { getUserPages } from '../gup/get-user-pages.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { entryAt, entryIn, type SlotAt, setEntry, slotAt } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, mmOf, pageProtOf } from '../vma/vma.js';
import { addAnonRmap } from './anon-rmap.js';
import { frameMapped, MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { carryFlags } from './migration-entry.js';
import { removeRmap } from './remove.js';
import { rmapWalk } from './walk.js';

/**
 * make_device_exclusive(): a device gets an anonymous page to itself; the processor's next access
 * takes it back. 0; -EOPNOTSUPP for what is not anonymous (until 6.12: -EBUSY, as for a page that is
 * mapped elsewhere); what GUP answers (mm/rmap.c; SPEC 9.9).
 */
export function makeDeviceExclusive(model: Model, vma: number, vpn: number): number {
  const mm = mmOf(model, vma);
  const had = getUserPages(model, mm, vpn, 1, FOLL.WRITE | FOLL.SPLIT_PMD);
  if (had < 0) return had;
  const entry = entryAt(model, mm, vpn, 'pte');
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return ERRNO.EFAULT;
  const folio = folioOf(model, frame);
  const byWalk = !model.has('one-device-exclusive-type');
  if (!isAnon(model, folio)) return byWalk ? ERRNO.EBUSY : ERRNO.EOPNOTSUPP;
  if (!folioTrylock(model, folio)) return ERRNO.EBUSY;
  const done = byWalk
    ? takeAllMappings(model, folio, frame, vma, vpn)
    : takeMapping(model, folio, slotAt(model, mm, vpn, 'pte'), entry);
  folioUnlock(model, folio);
  return done ? 0 : ERRNO.EBUSY;
}

/** From 6.15 on: a writable anonymous page has one mapping, which keeps its rmap and reference. */
function takeMapping(model: Model, folio: number, slot: SlotAt, entry: Entry): boolean {
  if (!model.pte.is.write(entry)) return false;
  replace(model, folio, slot, entry, 'device-exclusive');
  return true;
}

/**
 * folio_make_device_exclusive() before: every mapping of the folio becomes a device's, and loses its
 * rmap, not its reference. False when it was not had at the address, or is still mapped elsewhere.
 */
function takeAllMappings(
  model: Model,
  folio: number,
  frame: number,
  vma: number,
  vpn: number,
): boolean {
  if (frame !== folio) return false;
  let valid = false;
  rmapWalk(model, folio, {
    one: (each, first) => {
      let goesOn = true;
      pageVmaMappedWalk(model, folio, each, first, (at, slot, entry, level) => {
        goesOn = level === 'pte' && model.pte.is.present(entry);
        if (!goesOn) return MAPPED.stop;
        const write = model.pte.is.write(entry);
        if (each === vma && at === vpn && write) valid = true;
        replace(
          model,
          folio,
          slot,
          entry,
          write ? 'device-exclusive-write' : 'device-exclusive-read',
        );
        removeRmap(model, frameMapped(model, entry), 1, each);
        return MAPPED.next;
      });
      return goesOn;
    },
    done: () => folioMapcount(model, folio) <= 0,
    mappedOnly: true,
  });
  return valid && folioMapcount(model, folio) <= 0;
}

function replace(model: Model, folio: number, slot: SlotAt, entry: Entry, kind: AbsentKind): void {
  const { pte } = model;
  if (pte.is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  const made = pte.makeAbsent(kind, pte.pfn(entry));
  if (made === undefined) throw new Error('the form has no device-exclusive entries');
  setEntry(model, slot, carryFlags(pte, entry, made));
}

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

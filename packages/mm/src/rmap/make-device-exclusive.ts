import type { AbsentKind } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioMapcount, folioOf, isAnon, setFlag } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { FOLL } from '../gup/flags.js';
import { getUserPages } from '../gup/get-user-pages.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { entryAt, type SlotAt, setEntry, slotAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { frameMapped, MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { carryFlags } from './migration-entry.js';
import { removeRmap } from './remove.js';
import { rmapWalk } from './walk.js';

/**
 * make_device_exclusive(): a device gets an anonymous page to itself; the processor's next access
 * takes it back. 0; -EOPNOTSUPP where the form has no
 * such entries, and for what is not anonymous (until 6.12: -EBUSY, as for a page that is
 * mapped elsewhere); what GUP answers (mm/rmap.c; SPEC 9.9).
 */
export function makeDeviceExclusive(model: Model, vma: number, vpn: number): number {
  const { numbers } = model.machine.form.definition.swap.types;
  const exists = 'device-exclusive' in numbers || 'device-exclusive-read' in numbers;
  if (!exists) return ERRNO.EOPNOTSUPP;
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

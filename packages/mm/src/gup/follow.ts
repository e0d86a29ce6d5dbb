import { ERRNO } from '../errno.js';
import { isAccessible } from '../fault/handle-pte-fault.js';
import { folioMarkAccessed } from '../frames/accessed.js';
import { folioOf, isAnon, isAnonExclusive, isZeroFrame, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Frame, Pgmap } from '../state/columns.js';
import { entryAt } from '../tables/tables.js';
import { mmOf, opsOf, vmaIsAnonymous } from '../vma/vma.js';
import { canFollowWrite } from './can-follow-write.js';
import { FOLL } from './flags.js';
import { tryGrabFolio } from './grab.js';
import { gupMustUnshare } from './must-unshare.js';

/** Nothing to follow there: the caller must fault it in. */
export const FAULT_IT_IN = 0;

/**
 * follow_page_pte(): what an address maps, referenced as asked. A frame number plus one, `FAULT_IT_IN`,
 * or -EMLINK (unshare first), -EEXIST (mapped, and no page), -EFAULT, -ENOMEM, -EREMOTEIO
 * (mm/gup.c; SPEC 5.5).
 */
export function followPagePte(model: Model, vma: number, vpn: number, flags: number): number {
  const { is } = model.pte;
  const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
  if (entry === NONE) return noPageTable(model, vma, flags);
  if (!is.present(entry)) return FAULT_IT_IN;
  const hint = is.protnone(entry) && isAccessible(model, vma);
  if (hint && (flags & FOLL.HONOR_NUMA_FAULT) !== 0) return FAULT_IT_IN;
  let frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  const write = (flags & FOLL.WRITE) !== 0;
  if (write && !canFollowWrite(model, model.pte, vma, entry, frame, flags)) return FAULT_IT_IN;
  if (frame < 0) {
    const special = specialPage(model, entry, flags);
    if (special < 0) return special;
    frame = special - 1;
  }
  const folio = folioOf(model, frame);
  if (!is.write(entry) && gupMustUnshare(model, vma, flags, frame)) return ERRNO.EMLINK;
  if ((flags & FOLL.PIN) !== 0 && isAnon(model, folio) && !isAnonExclusive(model, frame)) {
    if (model.has('gup-grabs-folios')) model.vmWarn('not-exclusive');
    else model.vmBug('not-exclusive');
  }
  const grabbed = tryGrabFolio(model, folio, 1, flags);
  if (grabbed !== 0) return grabbed;
  if ((flags & FOLL.TOUCH) !== 0) {
    if (write && !is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
    folioMarkAccessed(model, folio);
  }
  return frame + 1;
}

/** An entry without a normal page: the zeropage is had all the same, and device memory where it counts. */
function specialPage(model: Model, entry: Entry, flags: number): number {
  const { pte, machine } = model;
  const frame = machine.memory.frame(pte.pfn(entry));
  const counted = (flags & (FOLL.GET | FOLL.PIN)) !== 0;
  if (!model.has('pxx-devmap-removed') && pte.is.devmap(entry) && counted && frame >= 0) {
    if (isLive(model, frame)) return frame + 1;
  }
  if ((flags & FOLL.DUMP) !== 0) return ERRNO.EFAULT;
  if (frame >= 0 && isZeroFrame(model, frame)) return frame + 1;
  return ERRNO.EEXIST;
}

/** get_dev_pagemap(): the device's page map is not on its way out. */
function isLive({ state }: Model, frame: number): boolean {
  const pgmap = state.ref(Frame.pgmap, frame);
  return pgmap >= 0 && state.get(Pgmap.dying, pgmap) === 0;
}

/** no_page_table(): a core dump takes a hole for what it is, everybody else has it filled. */
function noPageTable(model: Model, vma: number, flags: number): number {
  if ((flags & FOLL.DUMP) === 0) return FAULT_IT_IN;
  const hole = vmaIsAnonymous(model, vma) || opsOf(model, vma)?.fault === undefined;
  return hole ? ERRNO.EFAULT : FAULT_IT_IN;
}

import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioMarkAccessed } from '../frames/accessed.js';
import { folioOf, isZeroFrame, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { deepestSlot, entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf, opsOf, vmaIsAnonymous } from '../vma/vma.js';
import { canFollowWrite } from './can-follow-write.js';
import { FOLL } from './flags.js';
import { canFollowProtnone, checkPinned, FAULT_IT_IN, isLiveDevice } from './follow-checks.js';
import { followHuge } from './follow-huge.js';
import { tryGrabFolio } from './grab.js';
import { gupMustUnshare } from './must-unshare.js';

/**
 * follow_page_mask(): what an address maps, referenced once as asked. A frame number plus one, with
 * the level of its leaf in `model.reached`; `FAULT_IT_IN`; or -EMLINK (unshare first), -EEXIST
 * (mapped, and no page), -EFAULT, -ENOMEM, -EREMOTEIO (mm/gup.c; SPEC 5.5, 5.6).
 */
export function followPage(model: Model, vma: number, vpn: number, flags: number): number {
  const slot = deepestSlot(model, mmOf(model, vma), vpn);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE) return noPageTable(model, vma, flags);
  const number = model.reached;
  const level = model.machine.levels[number]?.level as MappingLevel;
  const found =
    number === 0
      ? followPagePte(model, vma, vpn, slot, entry, flags)
      : followHuge(model, level, vma, vpn, slot, entry, flags);
  if (found === ERRNO.EAGAIN) return followPage(model, vma, vpn, flags & ~FOLL.SPLIT_PMD);
  model.reached = number;
  return found;
}

/** follow_page_pte() (SPEC 5.5). */
function followPagePte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const { is } = model.pte;
  if (!is.present(entry)) return FAULT_IT_IN;
  if (is.protnone(entry) && !canFollowProtnone(model, vma, flags)) return FAULT_IT_IN;
  let frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  // GUP goes where vm_normal_page() points; there is nothing to count on a pointer into nowhere.
  if (frame === WILD_PAGE) model.bug('wild-page');
  const write = (flags & FOLL.WRITE) !== 0;
  if (write && !canFollowWrite(model, model.pte, vma, entry, frame, flags)) return FAULT_IT_IN;
  if (frame < 0) {
    const special = specialPage(model, slot, entry, flags);
    if (special < 0) return special;
    frame = special - 1;
  }
  const folio = folioOf(model, frame);
  if (!is.write(entry) && gupMustUnshare(model, vma, flags, frame)) return ERRNO.EMLINK;
  checkPinned(model, frame, flags);
  const grabbed = tryGrabFolio(model, folio, 1, flags);
  if (grabbed !== 0) return grabbed;
  if ((flags & FOLL.TOUCH) !== 0) {
    if (write && !is.dirty(entry)) setFlag(model, folio, PAGE_FLAG.dirty, true);
    folioMarkAccessed(model, folio);
  }
  return frame + 1;
}

/** An entry without a normal page: the zeropage is had all the same, and device memory where it counts. */
function specialPage(model: Model, slot: SlotAt, entry: Entry, flags: number): number {
  const { pte, machine } = model;
  const frame = machine.memory.frame(pte.pfn(entry));
  const counted = (flags & (FOLL.GET | FOLL.PIN)) !== 0;
  const devmap = !model.has('pxx-devmap-removed') && pte.is.devmap(entry);
  if (devmap && counted && isLiveDevice(model, frame)) return frame + 1;
  if ((flags & FOLL.DUMP) !== 0) return ERRNO.EFAULT;
  if (frame >= 0 && isZeroFrame(model, frame)) return frame + 1;
  if ((flags & FOLL.TOUCH) !== 0) touch(model, slot, entry, flags);
  return ERRNO.EEXIST;
}

/** follow_pfn_pte(): without a page to mark, the entry is. */
function touch(model: Model, slot: SlotAt, entry: Entry, flags: number): void {
  const { to } = model.pte;
  const write = (flags & FOLL.WRITE) !== 0;
  setEntry(model, slot, to.mkyoung(write ? to.mkdirty(entry) : entry));
}

/** no_page_table(): a core dump takes a hole for what it is, everybody else has it filled. */
function noPageTable(model: Model, vma: number, flags: number): number {
  if ((flags & FOLL.DUMP) === 0) return FAULT_IT_IN;
  const hole = vmaIsAnonymous(model, vma) || opsOf(model, vma)?.fault === undefined;
  return hole ? ERRNO.EFAULT : FAULT_IT_IN;
}

import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioMarkAccessed } from '../frames/accessed.js';
import { folioOf, isHugeZeroFolio } from '../frames/folio.js';
import { splitHugePmd } from '../huge/split.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { nextAddress, type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag } from '../vma/vma.js';
import { canFollowWrite } from './can-follow-write.js';
import { FOLL } from './flags.js';
import { canFollowProtnone, checkPinned, FAULT_IT_IN, isLiveDevice } from './follow-checks.js';
import { tryGrabFolio } from './grab.js';
import { gupMustUnshare } from './must-unshare.js';

/**
 * follow_huge_pmd(), follow_huge_pud() and their ancestors: the page of an address in a huge leaf.
 * vm_normal_page_pmd() is not asked. Answers as `followPage`, and -EAGAIN for a PMD that was split
 * as asked: its entries are to be followed now (mm/gup.c, mm/huge_memory.c; SPEC 5.6).
 */
export function followHuge(
  model: Model,
  level: MappingLevel,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const space = model.machine.space(level);
  const { is } = space;
  if (!is.present(entry)) return FAULT_IT_IN;
  const devmap = !model.has('pxx-devmap-removed') && is.devmap(entry);
  const first = model.machine.memory.frame(space.pfn(entry));
  if (devmap) return followDevice(model, level, vpn, slot, entry, flags, first);
  // Up to 6.9 no other PUD is a leaf to GUP.
  if (level === 'pud' && !model.has('gup-grabs-folios')) return FAULT_IT_IN;
  if (level === 'pmd') {
    if (is.protnone(entry) && !canFollowProtnone(model, vma, flags)) return FAULT_IT_IN;
    if ((flags & FOLL.SPLIT_PMD) !== 0 && looksAtFlag(model, vma)) {
      splitHugePmd(model, vma, vpn);
      return ERRNO.EAGAIN;
    }
  }
  if (first < 0) model.bug('wild-page');
  const write = (flags & FOLL.WRITE) !== 0;
  if (write && !canFollowWrite(model, space, vma, entry, first, flags)) return FAULT_IT_IN;
  const folio = folioOf(model, first);
  if ((flags & FOLL.DUMP) !== 0 && isHugeZeroFolio(model, folio)) return ERRNO.EFAULT;
  if (!is.write(entry) && gupMustUnshare(model, vma, flags, first)) return ERRNO.EMLINK;
  checkPinned(model, first, flags);
  return grabPage(model, level, vpn, slot, entry, flags, first);
}

/** Up to 6.9 hugetlb has a walk of its own (hugetlb_follow_page_mask()), which splits nothing. */
const looksAtFlag = (model: Model, vma: number): boolean =>
  model.has('gup-grabs-folios') || !hasVmFlag(model, vma, 'VM_HUGETLB');

/** follow_devmap_pmd(), _pud(): memory of a device, which must not be going away. */
function followDevice(
  model: Model,
  level: MappingLevel,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
  first: number,
): number {
  const { is } = model.machine.space(level);
  if ((flags & FOLL.WRITE) !== 0 && !is.write(entry)) return FAULT_IT_IN;
  if ((flags & (FOLL.GET | FOLL.PIN)) === 0) return ERRNO.EEXIST;
  if (!isLiveDevice(model, first)) return ERRNO.EFAULT;
  return grabPage(model, level, vpn, slot, entry, flags, first);
}

/** One reference on the address's page, and the leaf touched if that is asked for. */
function grabPage(
  model: Model,
  level: MappingLevel,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
  first: number,
): number {
  const { to } = model.machine.space(level);
  const number = model.reached;
  const { pages } = model.machine.levels[number] as (typeof model.machine.levels)[number];
  const frame = first + pages - (nextAddress(model, vpn, number) - vpn);
  const folio = folioOf(model, frame);
  const grabbed = tryGrabFolio(model, folio, 1, flags);
  if (grabbed !== 0) return grabbed;
  if ((flags & FOLL.TOUCH) !== 0) {
    const write = (flags & FOLL.WRITE) !== 0;
    setEntry(model, slot, to.mkyoung(write ? to.mkdirty(entry) : entry));
    folioMarkAccessed(model, folio);
  }
  return frame + 1;
}

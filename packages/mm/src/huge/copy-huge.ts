import { ERRNO } from '../errno.js';
import { folioOf, getRefs } from '../frames/folio.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { tryDupAnonRmap } from '../rmap/dup.js';
import { folioNeedsCowForDma } from '../rmap/pins.js';
import { Mm } from '../state/columns.js';
import {
  depositTable,
  entryIn,
  pagesOfLevel,
  type SlotAt,
  setEntry,
  slotAt,
  slotMade,
} from '../tables/tables.js';
import { hasVmFlag, isCow, mmOf, vmaIsAnonymous } from '../vma/vma.js';
import {
  absentPmdKind,
  frameOfAbsentPmd,
  frameOfLeaf,
  isTransHuge,
  mustBeHead,
} from './huge-entry.js';
import { isHugeZeroPmd, mmGetHugeZeroFolio } from './huge-zero.js';
import { canAllocTable, giveBackTable } from './page-table.js';
import { splitHugePmd, splitHugePud } from './split.js';

/**
 * copy_huge_pmd(): 0, -ENOMEM, or -EAGAIN when the source must be copied entry by entry, having been
 * split if need be (mm/huge_memory.c; SPEC 10.5, SPEC-7.2 10.10).
 */
export function copyHugePmd(model: Model, dstVma: number, srcVma: number, vpn: number): number {
  const { pmd } = model;
  const dst = mmOf(model, dstVma);
  const srcSlot = slotAt(model, mmOf(model, srcVma), vpn, 'pmd');
  const dstSlot = slotMade(model, dst, vpn, 'pmd');
  if (dstSlot < 0) return ERRNO.ENOMEM;
  const entry = entryIn(model, srcSlot);
  if (entry !== undefined && isRawPfn(model, entry)) {
    if (isCow(model, srcVma) && pmd.is.write(entry)) model.vmWarn('cow-writable-special');
    setEntry(model, dstSlot, pmd.to.mkold(entry));
    return 0;
  }
  if (!vmaIsAnonymous(model, dstVma)) return 0;
  if (!canAllocTable(model)) return ERRNO.ENOMEM;
  if (entry !== undefined && entry !== NONE && !pmd.is.present(entry)) {
    copyAbsent(model, dstVma, srcVma, srcSlot, dstSlot, entry);
  } else if (entry === undefined || !isTransHuge(pmd, entry)) {
    giveBackTable(model);
    return ERRNO.EAGAIN;
  } else if (isHugeZeroPmd(model, entry)) {
    mmGetHugeZeroFolio(model, dst);
    setBoth(model, dstVma, srcSlot, dstSlot, entry);
  } else {
    if (!copiesFolio(model, dstVma, srcVma, entry)) {
      giveBackTable(model);
      splitHugePmd(model, srcVma, vpn);
      return ERRNO.EAGAIN;
    }
    setBoth(model, dstVma, srcSlot, dstSlot, entry);
  }
  depositTable(model, dst, dstSlot);
  return 0;
}

/** A special leaf is taken for raw frames; the huge zero folio's was forgotten at first (SPEC 15.9). */
function isRawPfn(model: Model, entry: Entry): boolean {
  const { is } = model.pmd;
  if (!model.has('huge-pfnmap') || !is.present(entry) || !is.special(entry)) return false;
  return !(model.has('fork-keeps-huge-zero') && isHugeZeroPmd(model, entry));
}

/** The child's reference, mapping and counter; false when a pinned folio must be copied by pages. */
function copiesFolio(model: Model, dstVma: number, srcVma: number, entry: Entry): boolean {
  const frame = frameOfLeaf(model, model.pmd, entry);
  mustBeHead(model, frame);
  const pages = pagesOfLevel(model, 'pmd');
  getRefs(model, frame);
  if (tryDupAnonRmap(model, frame, pages, dstVma, srcVma, 'pmd') !== 0) {
    putRefs(model, frame);
    return false;
  }
  model.state.add(Mm.anonPages, mmOf(model, dstVma), pages);
  return true;
}

/** Neither side can write from now on. */
function setBoth(
  model: Model,
  dstVma: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
): void {
  const { to } = model.pmd;
  setEntry(model, srcSlot, to.wrprotect(entry));
  const kept = hasVmFlag(model, dstVma, 'VM_UFFD_WP') ? entry : to.clear_uffd_wp(entry);
  setEntry(model, dstSlot, to.mkold(to.wrprotect(kept)));
}

/** A folio that migrates, or lies on a device, can only be read by either side from now on. */
function copyAbsent(
  model: Model,
  dstVma: number,
  srcVma: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
): void {
  const { pmd } = model;
  const kind = absentPmdKind(model, entry);
  const pages = pagesOfLevel(model, 'pmd');
  let child = entry;
  if (kind === 'device') {
    const frame = frameOfAbsentPmd(model, entry);
    getRefs(model, frame);
    // A device's page is never pinned, so that nothing keeps it from being shared.
    tryDupAnonRmap(model, frame, pages, dstVma, srcVma, 'pmd');
    child = pmd.turned(entry, 'device-private-read');
  } else if (kind === 'migration') {
    child = pmd.turned(entry, 'migration-read');
  } else model.vmBug('not-migration');
  if (child !== entry) setEntry(model, srcSlot, child);
  model.state.add(Mm.anonPages, mmOf(model, dstVma), pages);
  const watched = hasVmFlag(model, dstVma, 'VM_UFFD_WP');
  setEntry(model, dstSlot, watched ? child : pmd.to.swp_clear_uffd_wp(child));
}

/**
 * copy_huge_pud(): 0, or -EAGAIN where no leaf lies. Nothing is counted: VMAs with leaves that are
 * counted are never copied. 5.18 splits one that may be pinned, which leaves nothing to copy
 * (SPEC 10.8, 24.4).
 */
export function copyHugePud(model: Model, dstVma: number, srcVma: number, vpn: number): number {
  const { pud } = model;
  const srcSlot = slotAt(model, mmOf(model, srcVma), vpn, 'pud');
  const dstSlot = slotMade(model, mmOf(model, dstVma), vpn, 'pud');
  if (dstSlot < 0) return ERRNO.ENOMEM;
  const entry = srcSlot < 0 ? undefined : entryIn(model, srcSlot);
  if (entry === undefined || !pud.is.present(entry)) return ERRNO.EAGAIN;
  if (!model.has('split-page-dup-rmap')) {
    const frame = frameOfLeaf(model, pud, entry);
    if (frame >= 0 && folioNeedsCowForDma(model, srcVma, folioOf(model, frame))) {
      splitHugePud(model, srcVma, vpn);
      return ERRNO.EAGAIN;
    }
  }
  let child = entry;
  if (!model.has('huge-pfnmap') || (isCow(model, srcVma) && pud.is.write(entry))) {
    child = pud.to.wrprotect(entry);
    setEntry(model, srcSlot, child);
  }
  setEntry(model, dstSlot, pud.to.mkold(child));
  return 0;
}

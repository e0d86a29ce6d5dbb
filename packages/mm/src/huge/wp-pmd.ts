import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleUserfault, isWpAsync } from '../fault/userfault.js';
import { newFault } from '../fault/vmf.js';
import { freeSwap } from '../fault/wp-reuse.js';
import { hasFlag, isAnonExclusive, refcount, setAnonExclusive } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { moveAnonRmap } from '../rmap/move.js';
import { pagesOfLevel, type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, opsOf, vmaIsAnonymous } from '../vma/vma.js';
import { allocZeros, mapAnonFolioPmd } from './anonymous-pmd.js';
import { frameOfLeaf, mustBeHead } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';
import { type HugeLevel, leafStart } from './insert-leaf.js';
import { splitHugePmd, splitHugePud } from './split.js';

/**
 * wp_huge_pmd(): a write to a PMD that is not writable, or a request that its page be the process's
 * own. FALLBACK when it was split for PTEs to serve (mm/memory.c; SPEC 6.1).
 */
export function wpHugePmd(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  if (!vmaIsAnonymous(model, vma)) return askDriver(model, 'pmd', vma, vpn, entry, flags);
  const unshare = (flags & FAULT_FLAG.UNSHARE) !== 0;
  const watched = hasVmFlag(model, vma, 'VM_UFFD_WP') && model.pmd.is.uffd_wp(entry);
  if (unshare || !watched) return doHugePmdWpPage(model, vma, vpn, slot, entry, unshare);
  if (!isWpAsync(model, vma)) return handleUserfault(model, 'wp');
  return split(model, vma, vpn);
}

/**
 * wp_huge_pud(): the driver's business, or the PUD is split. Until 5.18 it is not: the fault finds the
 * same PUD again and never ends (SPEC 24.2, 15.73).
 */
export const wpHugePud = (
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
  flags: number,
): number =>
  vmaIsAnonymous(model, vma) ? VM_FAULT.FALLBACK : askDriver(model, 'pud', vma, vpn, entry, flags);

/** Shared memory is for its handler to make writable; private memory is split, PUDs of it from 5.19 on. */
function askDriver(
  model: Model,
  level: HugeLevel,
  vma: number,
  vpn: number,
  entry: Entry,
  flags: number,
): number {
  const asksAll = level === 'pud' && !model.has('wp-huge-pud-splits');
  const shared =
    asksAll || hasVmFlag(model, vma, 'VM_SHARED') || hasVmFlag(model, vma, 'VM_MAYSHARE');
  const handler = shared ? opsOf(model, vma)?.hugeFault : undefined;
  if (handler !== undefined) {
    const answer = handler(model, newFault(vma, vpn, flags, entry), level);
    if ((answer & VM_FAULT.FALLBACK) === 0) return answer;
  }
  if (level === 'pmd') return split(model, vma, vpn);
  if (!model.has('wp-huge-pud-splits')) model.bug('endless-fault');
  splitHugePud(model, vma, vpn);
  return VM_FAULT.FALLBACK;
}

function split(model: Model, vma: number, vpn: number): number {
  splitHugePmd(model, vma, vpn);
  return VM_FAULT.FALLBACK;
}

/**
 * do_huge_pmd_wp_page(): the folio is written in place when nobody else has it; it is never copied
 * whole. FALLBACK when it was split (mm/huge_memory.c; SPEC 10.3).
 */
function doHugePmdWpPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  unshare: boolean,
): number {
  if (isHugeZeroPmd(model, entry)) {
    return replacedZero(model, vma, vpn, slot) ? 0 : split(model, vma, vpn);
  }
  const frame = frameOfLeaf(model, model.pmd, entry);
  mustBeHead(model, frame);
  if (!isAnonExclusive(model, frame) && !reused(model, vma, frame)) return split(model, vma, vpn);
  if (unshare) return 0;
  const { pmd } = model;
  const written = pmd.to.mkdirty(pmd.to.mkyoung(entry));
  setEntry(model, slot, maybeMkwrite(model, vma, pmd, written));
  return 0;
}

/** Nobody but this entry refers to the folio any more: it is exclusive again. */
function reused(model: Model, vma: number, folio: number): boolean {
  if (!folioTrylock(model, folio)) return false;
  const own = isOwn(model, folio);
  if (own) {
    if (model.has('reuse-moves-rmap')) moveAnonRmap(model, folio, vma);
    setAnonExclusive(model, folio);
  }
  folioUnlock(model, folio);
  return own;
}

function isOwn(model: Model, folio: number): boolean {
  const cached = hasFlag(model, folio, PAGE_FLAG.swapcache);
  if (refcount(model, folio) > 1 + (cached ? pagesOfLevel(model, 'pmd') : 0)) return false;
  if (cached) freeSwap(model, folio);
  return refcount(model, folio) === 1;
}

/**
 * do_huge_zero_wp_pmd(): a folio of zeros takes the huge zero folio's place, with its deposited table;
 * false without memory, and always until 6.12 (SPEC 10.3).
 */
function replacedZero(model: Model, vma: number, vpn: number, slot: SlotAt): boolean {
  if (!model.has('huge-zero-replaced-on-write')) return false;
  const folio = allocZeros(model);
  if (folio < 0) return false;
  mapAnonFolioPmd(model, vma, leafStart(model, 'pmd', vpn), slot, folio);
  return true;
}

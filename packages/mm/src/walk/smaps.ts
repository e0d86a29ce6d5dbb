import {
  folioOf,
  folioPages,
  hasFlag,
  isAnon,
  isKsm,
  isZoneDevice,
  refcount,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { isPrivateHugetlb } from '../hugetlb/fault.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { SwapSlot } from '../state/columns.js';
import { swapSlotOf } from '../swap/swap-slots.js';
import { hasVmFlag } from '../vma/vma.js';
import { absentPage } from './absent-page.js';
import { isMappedExclusively, mapcountForPss } from './mapped-exclusively.js';
import { entriesOf, type WalkedEntry } from './walk-entries.js';

/** Lines of /proc/pid/smaps that pages decide, in pages; shares (Pss and its like) as fractions. */
export interface Smaps {
  rss: number;
  pss: number;
  pssDirty: number;
  pssAnon: number;
  pssFile: number;
  pssShmem: number;
  sharedClean: number;
  sharedDirty: number;
  privateClean: number;
  privateDirty: number;
  referenced: number;
  anonymous: number;
  ksm: number;
  lazyFree: number;
  anonHugePages: number;
  shmemPmdMapped: number;
  filePmdMapped: number;
  swap: number;
  swapPss: number;
  locked: number;
}

const nothing = (): Smaps => ({
  rss: 0,
  pss: 0,
  pssDirty: 0,
  pssAnon: 0,
  pssFile: 0,
  pssShmem: 0,
  sharedClean: 0,
  sharedDirty: 0,
  privateClean: 0,
  privateDirty: 0,
  referenced: 0,
  anonymous: 0,
  ksm: 0,
  lazyFree: 0,
  anonHugePages: 0,
  shmemPmdMapped: 0,
  filePmdMapped: 0,
  swap: 0,
  swapPss: 0,
  locked: 0,
});

/**
 * smap_gather_stats(): what /proc/pid/smaps says of a VMA. Pages of shmem that are in swap and that
 * no entry knows of are not looked for (fs/proc/task_mmu.c; SPEC 12.1, SPEC-7.2 12.7).
 */
export function smaps(model: Model, vma: number): Smaps {
  const all = nothing();
  if (hasVmFlag(model, vma, 'VM_PFNMAP') && !model.has('smaps-walks-pfnmap')) return all;
  // Huge pages of hugetlb have lines of their own.
  if (isPrivateHugetlb(model, vma)) return all;
  for (const walked of entriesOf(model, vma)) {
    if (walked.entry === 0) continue;
    const { is } = model.machine.space(walked.level);
    if (is.present(walked.entry)) addPresent(model, vma, walked, all);
    else addAbsent(model, vma, walked, all);
  }
  return all;
}

function addPresent(model: Model, vma: number, walked: WalkedEntry, all: Smaps): void {
  const { level, vpn, entry } = walked;
  const { is } = model.machine.space(level);
  const frame = vmNormalPage(model, level, vma, vpn, entry);
  if (frame < 0) {
    if (frame === WILD_PAGE) model.bug('wild-page');
    return;
  }
  addHuge(model, walked, frame, all);
  account(model, vma, walked, frame, is.young(entry), is.dirty(entry), true, all);
}

function addAbsent(model: Model, vma: number, walked: WalkedEntry, all: Smaps): void {
  const space = model.machine.space(walked.level);
  const { what, frame } = absentPage(model, space, walked.entry);
  if (what === 'swap') {
    const users = model.state.get(SwapSlot.count, swapSlotOf(model, walked.entry));
    all.swap++;
    all.swapPss += users < 2 ? 1 : 1 / users;
    return;
  }
  if (frame < 0 || what === 'hwpoison') return;
  addHuge(model, walked, frame, all);
  const counted = model.has('smaps-shares-absent')
    ? walked.level === 'pte' && what.startsWith('device-private')
    : !what.startsWith('migration');
  // Bits that mean something in present entries alone are asked of PMDs to this day.
  const { is } = space;
  const aged = walked.level !== 'pte' || !model.has('smaps-absent-not-aged');
  const young = aged && is.young(walked.entry);
  account(model, vma, walked, frame, young, aged && is.dirty(walked.entry), counted, all);
}

/** AnonHugePages and its like: what PMDs map, device memory aside. */
function addHuge(model: Model, { level, pages }: WalkedEntry, frame: number, all: Smaps): void {
  if (level === 'pte') return;
  const folio = folioOf(model, frame);
  if (isAnon(model, folio)) all.anonHugePages += pages;
  else if (hasFlag(model, folio, PAGE_FLAG.swapbacked)) all.shmemPmdMapped += pages;
  else if (!isZoneDevice(model, folio)) all.filePmdMapped += pages;
}

/**
 * smaps_account(): a page, or all pages of the folio that a PMD maps.
 *
 * @param counted its mappings tell how it is shared; a page on its way elsewhere has lost them
 */
function account(
  model: Model,
  vma: number,
  { level }: WalkedEntry,
  frame: number,
  young: boolean,
  dirty: boolean,
  counted: boolean,
  all: Smaps,
): void {
  const folio = folioOf(model, frame);
  const pages = level === 'pte' ? 1 : folioPages(model, folio);
  const flag = (bit: number): boolean => hasFlag(model, folio, bit);
  if (isAnon(model, folio)) {
    all.anonymous += pages;
    if (!flag(PAGE_FLAG.swapbacked) && !dirty && !flag(PAGE_FLAG.dirty)) all.lazyFree += pages;
  }
  if (isKsm(model, folio)) all.ksm += pages;
  all.rss += pages;
  if (young || flag(PAGE_FLAG.young) || flag(PAGE_FLAG.referenced)) all.referenced += pages;
  const locked = hasVmFlag(model, vma, 'VM_LOCKED');
  const isDirty = dirty || flag(PAGE_FLAG.dirty);
  if (refcount(model, folio) === 1 || !counted) {
    // One reference alone can be no more than one mapping.
    const isPrivate = counted || !model.has('smaps-shares-absent');
    addShare(model, folio, pages, pages, isDirty, locked, isPrivate, all);
    return;
  }
  for (let i = 0; i < pages; i++) {
    const mappings = mapcountForPss(model, frame + i);
    const isPrivate = isOnlyMapping(model, frame + i, mappings);
    const share = mappings >= 2 ? 1 / mappings : 1;
    addShare(model, folio, 1, share, isDirty, locked, isPrivate, all);
  }
}

/** Without precise mapcounts a page is private when nobody else seems to map its folio. */
const isOnlyMapping = (model: Model, frame: number, mappings: number): boolean =>
  model.config.PAGE_MAPCOUNT ? mappings < 2 : isMappedExclusively(model, frame);

/** smaps_page_accumulate(). */
function addShare(
  model: Model,
  folio: number,
  pages: number,
  share: number,
  dirty: boolean,
  locked: boolean,
  isPrivate: boolean,
  all: Smaps,
): void {
  all.pss += share;
  if (isAnon(model, folio)) all.pssAnon += share;
  else if (hasFlag(model, folio, PAGE_FLAG.swapbacked)) all.pssShmem += share;
  else all.pssFile += share;
  if (locked) all.locked += share;
  if (dirty) all.pssDirty += share;
  if (isPrivate) all[dirty ? 'privateDirty' : 'privateClean'] += pages;
  else all[dirty ? 'sharedDirty' : 'sharedClean'] += pages;
}

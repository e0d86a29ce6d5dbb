import { VM_FAULT } from '../errno.js';
import {
  folioOf,
  getRefs,
  isAnon,
  isAnonExclusive,
  isFsdax,
  isZeroFrame,
  setAnonExclusive,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { maybeMkwrite, opsOf, vmFlagsOf } from '../vma/vma.js';
import { mayCopyRawFrame } from './copy-raw-frame.js';
import { doPageMkwrite } from './file.js';
import { FAULT_FLAG } from './flags.js';
import { handleUserfault, isWatchedWrite, isWpAsync } from './userfault.js';
import { isFaultError, newFault } from './vmf.js';
import { wpPageCopy } from './wp-copy.js';
import { wpCanReuseAnonFolio } from './wp-reuse.js';

/**
 * do_wp_page(): a write to an entry that is not writable, or a request that its page be the
 * process's own (mm/memory.c; SPEC 6.4). In 5.18 no page is exclusive, and references decide alone
 * (SPEC 24.2).
 */
export function doWpPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
  flags: number,
): number {
  const unshare = (flags & FAULT_FLAG.UNSHARE) !== 0;
  let entry = old;
  if (!unshare && isWatchedWrite(model, vma, entry)) {
    if (!isWpAsync(model, vma)) return handleUserfault(model, 'wp');
    entry = model.pte.to.clear_uffd_wp(entry);
    setEntry(model, slot, entry);
  }
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  const folio = frame < 0 ? -1 : folioOf(model, frame);
  const anon = folio >= 0 && isAnon(model, folio);
  // Until 6.1 anonymous pages came first, and nothing else was ever unshared.
  const anonFirst = !model.has('longterm-breaks-cow');
  if (anonFirst && unshare && !anon) return 0;
  if (isShared(model, vma) && !(anonFirst && anon)) {
    // A page of DAX is for the file system to say, as a pfn is for the driver.
    const asPfn = folio < 0 || (model.has('fsdax-refcounted') && isFsdax(model, folio));
    return asPfn
      ? wpPfnShared(model, vma, vpn, slot, entry, flags)
      : wpPageShared(model, vma, vpn, slot, entry, flags, frame);
  }
  if (anon && (isAnonExclusive(model, frame) || wpCanReuseAnonFolio(model, folio, vma))) {
    setAnonExclusive(model, frame);
    if (!unshare) wpPageReuse(model, vma, slot, entry, folio);
    return 0;
  }
  if (!mayCopyRawFrame(model, vma)) return VM_FAULT.SIGBUS;
  return wpPageCopy(model, vma, vpn, slot, entry, frame, unshare);
}

/** Until 6.1 a VMA had to be writable and shared both to be asked about (SPEC 5.4). */
function isShared(model: Model, vma: number): boolean {
  const shared = vmFlagsOf(model, vma).VM_SHARED;
  if (!model.has('longterm-breaks-cow')) return shared && vmFlagsOf(model, vma).VM_WRITE;
  return shared || vmFlagsOf(model, vma).VM_MAYSHARE;
}

/** wp_page_reuse(): the entry becomes writable as far as the VMA is. */
function wpPageReuse(model: Model, vma: number, slot: SlotAt, entry: Entry, folio: number): void {
  const { pte, machine } = model;
  if (model.has('zeropage-support')) {
    const mapped = folio >= 0 ? folio : machine.memory.frame(pte.pfn(entry));
    if (mapped >= 0 && isZeroFrame(model, mapped)) model.vmWarn('zeropage-made-writable');
  }
  setEntry(model, slot, maybeMkwrite(model, vma, pte, pte.to.mkdirty(pte.to.mkyoung(entry))));
}

/** wp_pfn_shared(): the driver decides, and without pfn_mkwrite() nobody does (SPEC 6.4). */
function wpPfnShared(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const pfnMkwrite = opsOf(model, vma)?.pfnMkwrite;
  if (pfnMkwrite === undefined) {
    wpPageReuse(model, vma, slot, entry, -1);
    return 0;
  }
  const vmf = newFault(vma, vpn, flags | FAULT_FLAG.MKWRITE, entry);
  const answer = pfnMkwrite(model, vmf);
  if (isFaultError(answer) || (answer & VM_FAULT.NOPAGE) !== 0) return answer;
  return finishMkwriteFault(model, vma, slot, entry, -1);
}

/** wp_page_shared(): the file is told that its page becomes dirty (SPEC 6.4). */
function wpPageShared(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
  frame: number,
): number {
  const pageMkwrite = opsOf(model, vma)?.pageMkwrite;
  const folio = folioOf(model, frame);
  if (pageMkwrite === undefined) wpPageReuse(model, vma, slot, entry, folio);
  else {
    getRefs(model, folio);
    let answer = doPageMkwrite(model, pageMkwrite, newFault(vma, vpn, flags, entry), folio);
    let fails = answer === 0 || isFaultError(answer) || (answer & VM_FAULT.NOPAGE) !== 0;
    if (!fails) {
      answer = finishMkwriteFault(model, vma, slot, entry, folio);
      fails = answer !== 0;
    }
    putRefs(model, folio);
    if (fails) return answer;
  }
  setFlag(model, folio, PAGE_FLAG.dirty, true);
  return 0;
}

/** finish_mkwrite_fault(): the entry becomes writable, if it is still the one that was asked about. */
function finishMkwriteFault(
  model: Model,
  vma: number,
  slot: SlotAt,
  entry: Entry,
  folio: number,
): number {
  if (entryIn(model, slot) !== entry) return VM_FAULT.NOPAGE;
  wpPageReuse(model, vma, slot, entry, folio);
  return 0;
}

import { VM_FAULT } from '../errno.js';
import {
  folioOf,
  isAnon,
  isAnonExclusive,
  isFsdax,
  isZeroFrame,
  setFlag,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { entryIn, type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, maybeMkwrite, opsOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';
import { isFaultError } from './handle-pte-fault.js';
import { wpPageCopy } from './wp-copy.js';
import { wpCanReuseAnonFolio } from './wp-reuse.js';

/**
 * do_wp_page(): a write to an entry that is not writable, or a request that its page be the
 * process's own (mm/memory.c; SPEC 6.4).
 */
export function doWpPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  flags: number,
): number {
  const unshare = (flags & FAULT_FLAG.UNSHARE) !== 0;
  if (!unshare && model.pte.is.uffd_wp(entry)) {
    if (hasVmFlag(model, vma, 'VM_UFFD_WP')) return handleUserfault(model);
  }
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  const folio = frame < 0 ? -1 : folioOf(model, frame);
  if (isShared(model, vma)) {
    if (unshare) return 0;
    // A page of DAX is for the file system to say, as a pfn is for the driver.
    const asPfn = folio < 0 || (model.has('dax-refcounted') && isFsdax(model, folio));
    return asPfn
      ? wpPfnShared(model, vma, vpn, slot, entry, flags)
      : wpPageShared(model, vma, vpn, slot, entry, flags, frame);
  }
  if (unshare && !model.has('longterm-breaks-cow') && (folio < 0 || !isAnon(model, folio))) {
    return 0;
  }
  if (folio >= 0 && isAnon(model, folio)) {
    if (isAnonExclusive(model, frame) || wpCanReuseAnonFolio(model, folio, vma)) {
      setFlag(model, frame, PAGE_FLAG.anonExclusive, true);
      if (!unshare) wpPageReuse(model, vma, slot, entry, folio);
      return 0;
    }
  }
  return wpPageCopy(model, vma, vpn, slot, entry, frame, unshare);
}

/** Until 6.1 a VMA had to be writable and shared both to be asked about (SPEC 5.4). */
function isShared(model: Model, vma: number): boolean {
  const shared = hasVmFlag(model, vma, 'VM_SHARED');
  if (!model.has('longterm-breaks-cow')) return shared && hasVmFlag(model, vma, 'VM_WRITE');
  return shared || hasVmFlag(model, vma, 'VM_MAYSHARE');
}

/** A write to a page under userfaultfd's write protection: its monitor has to act. */
function handleUserfault(model: Model): number {
  model.note('userfault-wp');
  return VM_FAULT.RETRY;
}

/** wp_page_reuse(): the entry becomes writable as far as the VMA is. */
export function wpPageReuse(
  model: Model,
  vma: number,
  slot: SlotAt,
  entry: Entry,
  folio: number,
): void {
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
  if (pfnMkwrite !== undefined) {
    const vmf = { vma, vpn, flags: flags | FAULT_FLAG.MKWRITE, cowPage: -1 };
    const answer = pfnMkwrite(model, vmf);
    if (isFaultError(answer) || (answer & VM_FAULT.NOPAGE) !== 0) return answer;
    if (entryIn(model, slot) !== entry) return VM_FAULT.NOPAGE;
  }
  wpPageReuse(model, vma, slot, entry, -1);
  return 0;
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
  if (pageMkwrite !== undefined) {
    const vmf = { vma, vpn, flags: flags | FAULT_FLAG.MKWRITE, cowPage: -1 };
    const answer = pageMkwrite(model, vmf, frame);
    if (isFaultError(answer) || (answer & VM_FAULT.NOPAGE) !== 0) return answer;
    if (entryIn(model, slot) !== entry) return 0;
  }
  wpPageReuse(model, vma, slot, entry, folio);
  setFlag(model, folio, PAGE_FLAG.dirty, true);
  return 0;
}

import { ERRNO } from '../errno.js';
import { zeropageEntry } from '../fault/anonymous.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { freeSwap } from '../fault/wp-reuse.js';
import {
  folioMapcount,
  folioOf,
  getRefs,
  hasFlag,
  isAnon,
  isAnonExclusive,
  isKsm,
  isLarge,
  refcount,
  setFlag,
} from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Frame, Mm } from '../state/columns.js';
import { entryAt, type SlotAt, setEntry, slotAt } from '../tables/tables.js';
import { hasVmFlag, mmOf, pageProtOf } from '../vma/vma.js';
import { addAnonRmap } from './anon-rmap.js';
import { removeRmap } from './remove.js';
import { tryShareAnonRmap } from './share.js';

/** A page of a process, as a merge sees it. */
export interface KsmPlace {
  readonly vma: number;
  readonly vpn: number;
}

/**
 * try_to_merge_two_pages(): two pages of equal contents become one, which belongs to KSM from now on.
 * 0; -EFAULT when they differ, are not both anonymous, or are pinned or otherwise referred to: a first
 * page that was KSM's by then is given back by a copy (mm/ksm.c; SPEC 9.7).
 */
export function ksmMerge(model: Model, kept: KsmPlace, gone: KsmPlace): number {
  const frame = mergeable(model, kept);
  if (frame < 0) return ERRNO.EFAULT;
  const isOld = isKsm(model, frame);
  if (!isOld) {
    if (!protectPage(model, kept, frame)) return ERRNO.EFAULT;
    const { state } = model;
    state.set(Frame.owner, frame, OWNER.ksm);
    state.set(Frame.ownerId, frame, 0);
    setFlag(model, frame, PAGE_FLAG.dirty, true);
  }
  const answer = ksmMergeWith(model, gone, frame);
  if (answer !== 0 && !isOld) ksmUnmerge(model, kept);
  return answer;
}

/**
 * try_to_merge_with_ksm_page(): a page gives way to a KSM page of equal contents, or to the zeropage.
 * 0 or -EFAULT.
 */
export function ksmMergeWith(model: Model, place: KsmPlace, shared: number): number {
  const { state, machine } = model;
  const frame = mergeable(model, place);
  if (frame === shared) return 0;
  if (frame < 0 || isKsm(model, frame)) return ERRNO.EFAULT;
  if (state.get(Frame.content, frame) !== state.get(Frame.content, shared)) return ERRNO.EFAULT;
  if (!protectPage(model, place, frame)) return ERRNO.EFAULT;
  if (isAnonExclusive(model, frame) || isAnonExclusive(model, shared)) model.vmBug('ksm-exclusive');
  const { vma, vpn } = place;
  const slot = slotAt(model, mmOf(model, vma), vpn, 'pte');
  if (machine.zeroFrames.includes(shared)) mapZeropage(model, vma, vpn, slot);
  else {
    getRefs(model, shared);
    addAnonRmap(model, shared, 1, vma, vpn, false);
    setEntry(model, slot, model.pte.leaf(machine.memory.pfn(shared), pageProtOf(model, vma)));
  }
  removeRmap(model, frame, 1, vma);
  if (folioMapcount(model, frame) <= 0) freeSwap(model, frame);
  putRefs(model, frame);
  return 0;
}

/** A small anonymous page in a VMA that KSM may scan; -1 for any other. */
export function mergeable(model: Model, { vma, vpn }: KsmPlace): number {
  if (!hasVmFlag(model, vma, 'VM_MERGEABLE')) return -1;
  const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
  if (!model.pte.is.present(entry)) return -1;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return -1;
  const folio = folioOf(model, frame);
  return isAnon(model, folio) && !isLarge(model, folio) ? frame : -1;
}

/**
 * write_protect_page(): the page can only be read, and is nobody's own, so that its contents stay.
 * False, with the entry as it was, when somebody may write to it by a reference.
 */
function protectPage(model: Model, { vma, vpn }: KsmPlace, frame: number): boolean {
  if (!folioTrylock(model, frame)) return false;
  // KSM holds a reference while it works.
  getRefs(model, frame);
  const slot = slotAt(model, mmOf(model, vma), vpn, 'pte');
  const done = writeProtect(model, slot, entryAt(model, mmOf(model, vma), vpn, 'pte'), frame);
  folioUnlock(model, frame);
  putRefs(model, frame);
  return done;
}

function writeProtect(model: Model, slot: SlotAt, entry: Entry, frame: number): boolean {
  if (isProtected(model, entry, frame)) return true;
  if (isReferredTo(model, frame)) return false;
  if (isAnonExclusive(model, frame) && tryShareAnonRmap(model, frame) !== 0) return false;
  putProtected(model, slot, entry, frame);
  return true;
}

/** Nothing needs to be done: the process cannot write to it, and it is nobody's own. */
export function isProtected(model: Model, entry: Entry, frame: number): boolean {
  const { is } = model.pte;
  return !is.write(entry) && !is.dirty(entry) && !isAnonExclusive(model, frame);
}

/** Somebody besides mappings, the swap cache and KSM has a reference. */
export function isReferredTo(model: Model, frame: number): boolean {
  const cached = hasFlag(model, frame, PAGE_FLAG.swapcache) ? 1 : 0;
  return folioMapcount(model, frame) + 1 + cached !== refcount(model, frame);
}

/** The entry as it is while KSM compares: read-only and clean. */
export function putProtected(model: Model, slot: SlotAt, entry: Entry, frame: number): void {
  const { is, to } = model.pte;
  if (is.dirty(entry)) setFlag(model, frame, PAGE_FLAG.dirty, true);
  setEntry(model, slot, to.wrprotect(to.mkclean(entry)));
}

/** The zeropage, with the dirty mark by which KSM knows those that it placed (from 6.6 on). */
function mapZeropage(model: Model, vma: number, vpn: number, slot: SlotAt): void {
  const { state, pte } = model;
  const mm = mmOf(model, vma);
  const zero = zeropageEntry(model, vma, vpn);
  const marks = model.has('ksm-marks-zeropages');
  setEntry(model, slot, marks ? pte.to.mkdirty(zero) : zero);
  if (marks) state.add(Mm.ksmZeroPages, mm, 1);
  state.add(Mm.anonPages, mm, -1);
}

/**
 * break_ksm(): the process gets a page of its own again, by a fault that asks for one. VM_FAULT bits;
 * until 6.1 by a write fault.
 */
export function ksmUnmerge(model: Model, { vma, vpn }: KsmPlace): number {
  const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
  if (!model.pte.is.present(entry)) return 0;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0 || !isKsm(model, folioOf(model, frame))) return 0;
  const flag = model.has('longterm-breaks-cow') ? FAULT_FLAG.UNSHARE : FAULT_FLAG.WRITE;
  return handleMmFault(model, vma, vpn, FAULT_FLAG.REMOTE | flag);
}

import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { folioOf, hasFlag, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { canAllocTable } from '../huge/page-table.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { Frame } from '../state/columns.js';
import { entryAt, entryIn, levelNumber, slotMade } from '../tables/tables.js';
import type { VmFault, VmOps } from '../vm-ops.js';
import { hasVmFlag, mmOf, opsOf } from '../vma/vma.js';
import { mayCopyRawFrame } from './copy-raw-frame.js';
import { finishFault } from './finish-fault.js';
import { FAULT_FLAG } from './flags.js';
import { isDoneWithoutPage, isFaultError, newFault } from './vmf.js';

/**
 * do_fault(): a page of a file, or of a driver, which its handler supplies or maps itself
 * (mm/memory.c; SPEC 6.7). Neighbours are not mapped along with it (fault-around is off).
 */
export function doFault(
  model: Model,
  vma: number,
  vpn: number,
  orig: Entry,
  flags: number,
): number {
  const ops = opsOf(model, vma);
  if (ops?.fault === undefined) {
    return entryAt(model, mmOf(model, vma), vpn, 'pte') === orig
      ? VM_FAULT.SIGBUS
      : VM_FAULT.NOPAGE;
  }
  if ((flags & FAULT_FLAG.WRITE) === 0) return readFault(model, newFault(vma, vpn, flags, orig));
  return hasVmFlag(model, vma, 'VM_SHARED')
    ? sharedFault(model, ops, newFault(vma, vpn, flags, orig))
    : cowFault(model, vma, vpn, orig, flags);
}

/** do_read_fault(). */
function readFault(model: Model, vmf: VmFault): number {
  const answer = callHandler(model, vmf);
  if (isDoneWithoutPage(answer)) return answer;
  return mapped(model, vmf, answer | finishFault(model, vmf));
}

/** do_cow_fault(): a private copy, which DAX fills by itself. */
function cowFault(model: Model, vma: number, vpn: number, orig: Entry, flags: number): number {
  const { state } = model;
  if (!mayCopyRawFrame(model, vma)) return VM_FAULT.SIGBUS;
  anonVmaPrepare(model, vma);
  const copy = allocFolio(model);
  if (copy < 0) return VM_FAULT.OOM;
  const vmf = newFault(vma, vpn, flags, orig, copy);
  let answer = callHandler(model, vmf);
  if ((answer & VM_FAULT.DONE_COW) !== 0) return answer;
  if (!isDoneWithoutPage(answer)) {
    state.set(Frame.content, copy, state.get(Frame.content, vmf.page));
    answer |= finishFault(model, vmf);
    putRefs(model, folioOf(model, vmf.page));
    if (!isDoneWithoutPage(answer)) return answer;
  }
  putRefs(model, copy);
  return answer;
}

/** do_shared_fault(): the file is told first that its page becomes dirty. */
function sharedFault(model: Model, ops: VmOps, vmf: VmFault): number {
  let answer = callHandler(model, vmf);
  if (isDoneWithoutPage(answer)) return answer;
  const folio = folioOf(model, vmf.page);
  if (ops.pageMkwrite !== undefined) {
    const told = doPageMkwrite(model, ops.pageMkwrite, vmf, folio);
    if (told === 0 || isFaultError(told) || (told & VM_FAULT.NOPAGE) !== 0) {
      putRefs(model, folio);
      return told;
    }
  }
  answer |= finishFault(model, vmf);
  if (!isDoneWithoutPage(answer)) setFlag(model, folio, PAGE_FLAG.dirty, true);
  return mapped(model, vmf, answer);
}

/** The reference that came with the page is the mapping's, unless there is none. */
function mapped(model: Model, vmf: VmFault, answer: number): number {
  if (isDoneWithoutPage(answer)) putRefs(model, folioOf(model, vmf.page));
  return answer & ~VM_FAULT.LOCKED;
}

/** __do_fault(): tables first, then the handler; a poisoned page is no page. */
function callHandler(model: Model, vmf: VmFault): number {
  if (!hasTable(model, vmf)) return VM_FAULT.OOM;
  const answer = (opsOf(model, vmf.vma) as Required<VmOps>).fault(model, vmf);
  if (isDoneWithoutPage(answer) || (answer & VM_FAULT.DONE_COW) !== 0) return answer;
  if (!hasFlag(model, vmf.page, PAGE_FLAG.hwpoison)) return answer;
  putRefs(model, folioOf(model, vmf.page));
  return VM_FAULT.HWPOISON;
}

/** A leaf table is there, or can be had: the handler may map a huge page instead. */
function hasTable(model: Model, { vma, vpn }: VmFault): boolean {
  const mm = mmOf(model, vma);
  if (levelNumber(model, 'pmd') < 0) return slotMade(model, mm, vpn, 'pte') >= 0;
  const above = slotMade(model, mm, vpn, 'pmd');
  return above >= 0 && (entryIn(model, above) !== NONE || canAllocTable(model));
}

/** do_page_mkwrite(): VM_FAULT bits; 0 when the page was truncated meanwhile, which a retry shows. */
export function doPageMkwrite(
  model: Model,
  pageMkwrite: Required<VmOps>['pageMkwrite'],
  vmf: VmFault,
  folio: number,
): number {
  const flags = vmf.flags | FAULT_FLAG.WRITE | FAULT_FLAG.MKWRITE;
  const asked = newFault(vmf.vma, vmf.vpn, flags, vmf.orig);
  const answer = pageMkwrite(model, asked, folio);
  if (isFaultError(answer) || (answer & (VM_FAULT.NOPAGE | VM_FAULT.LOCKED)) !== 0) return answer;
  return model.state.get(Frame.owner, folio) === 0 ? 0 : answer | VM_FAULT.LOCKED;
}

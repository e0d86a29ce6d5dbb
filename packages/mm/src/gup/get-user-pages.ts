import { ERRNO, VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { folioOf } from '../frames/folio.js';
import { MM_FLAG } from '../frames/page-flags.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Mm, Vma } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress } from '../tables/tables.js';
import { hasVmFlag, mmOf, vmaAt } from '../vma/vma.js';
import { checkVmaFlags } from './check-vma-flags.js';
import { FOLL } from './flags.js';
import { followPage } from './follow.js';
import { FAULT_IT_IN } from './follow-checks.js';
import { gupPutFolio, tryGrabFolio } from './grab.js';
import { longtermPages } from './longterm-pages.js';
import { keepReference } from './reference.js';

/** Faults that one address may need: unshare or write after the page came in, and some. */
const MOST_FAULTS = 8;

/**
 * get_user_pages(), pin_user_pages(): references (FOLL_GET) or pins (FOLL_PIN) on what a range maps, faulting it in
 * as needed; without either it only faults in. Pages had, or the error that stopped the first one.
 * What is had is kept in `Reference` records, one for what one leaf maps, until `putReference`
 * (mm/gup.c; SPEC 5.1, 5.5).
 */
export function getUserPages(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  flags: number,
): number {
  const invalid = checkArguments(model, flags);
  if (invalid !== 0) return invalid;
  if ((flags & FOLL.PIN) !== 0) markPinned(model, mm);
  if ((flags & FOLL.LONGTERM) === 0) return takePages(model, mm, start, pages, flags, undefined);
  return longtermPages(model, (taken) => takePages(model, mm, start, pages, flags, taken));
}

/**
 * __get_user_pages(): what `getUserPages` says, without a thought of how long.
 *
 * @param taken gets the numbers of the records made
 */
function takePages(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  flags: number,
  taken: number[] | undefined,
): number {
  let vma = -1;
  let done = 0;
  while (done < pages) {
    const vpn = start + done;
    if (vma < 0 || vpn >= model.state.get(Vma.end, vma)) {
      vma = vmaAt(model, mm, vpn);
      const refused = vma < 0 ? ERRNO.EFAULT : checkVmaFlags(model, vma, flags);
      if (refused !== 0) return done > 0 ? done : refused;
    }
    const found = followOrFault(model, vma, vpn, flags);
    if (found === ERRNO.EEXIST && (flags & (FOLL.GET | FOLL.PIN)) === 0) {
      done++;
      continue;
    }
    if (found < 0) return done > 0 ? done : found;
    const more = takeLeaf(model, mm, vpn, found - 1, pages - done, flags, taken);
    if (more < 0) return done > 0 ? done : more;
    done += more;
  }
  return done;
}

/** is_valid_gup_args(): what no caller may ask for. */
export function checkArguments(model: Model, flags: number): number {
  const both = FOLL.GET | FOLL.PIN;
  const long = (flags & FOLL.LONGTERM) !== 0;
  if ((flags & both) === both) model.warn('both-get-and-pin');
  else if (long && (flags & FOLL.PIN) === 0) model.warn('longterm-without-pin');
  else if (long && (flags & FOLL.PCI_P2PDMA) !== 0) model.warn('longterm-of-p2pdma');
  else return 0;
  return ERRNO.EINVAL;
}

/** mm_set_has_pinned_flag(): from now on fork looks for pins. */
export function markPinned({ state }: Model, mm: number): void {
  state.set(Mm.flags, mm, state.get(Mm.flags, mm) | MM_FLAG.hasPinned);
}

/** An address's frame plus one, with the level of its leaf in `model.reached`; or an error. */
function followOrFault(model: Model, vma: number, vpn: number, flags: number): number {
  let asked = flags;
  for (let i = 0; i < MOST_FAULTS; i++) {
    const found = followPage(model, vma, vpn, asked);
    if (found !== FAULT_IT_IN && found !== ERRNO.EMLINK) return found;
    if (breaksCow(model, vma, vpn, flags)) asked |= FOLL.COW;
    const failed = faultinPage(model, vma, vpn, flags, found === ERRNO.EMLINK);
    if (failed !== 0) return failed;
  }
  model.note('gup-retries-for-ever');
  return ERRNO.EFAULT;
}

/**
 * The write fault to come is for an entry that is there, in a VMA that is not writable: what it answers
 * is VM_FAULT_WRITE, which GUP remembers up to 5.19 (SPEC 24.8).
 */
function breaksCow(model: Model, vma: number, vpn: number, flags: number): boolean {
  if ((flags & FOLL.FORCE) === 0 || (flags & FOLL.WRITE) === 0) return false;
  if (model.has('force-write-needs-exclusive') || hasVmFlag(model, vma, 'VM_WRITE')) return false;
  const slot = deepestSlot(model, mmOf(model, vma), vpn);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE || model.reached > 1) return false;
  return model.machine.space(model.reached === 0 ? 'pte' : 'pmd').is.present(entry);
}

/**
 * The page was had; so are those behind it that the same leaf maps, as far as asked. Pages had, or
 * an error with nothing kept.
 */
function takeLeaf(
  model: Model,
  mm: number,
  vpn: number,
  frame: number,
  wanted: number,
  flags: number,
  taken: number[] | undefined,
): number {
  const pages = Math.min(wanted, nextAddress(model, vpn, model.reached) - vpn);
  if ((flags & (FOLL.GET | FOLL.PIN)) === 0) return pages;
  if (pages > 1) {
    const folio = folioOf(model, frame);
    if (tryGrabFolio(model, folio, pages - 1, flags) !== 0) {
      gupPutFolio(model, folio, 1, flags);
      return ERRNO.EFAULT;
    }
  }
  const reference = keepReference(model, mm, vpn, frame, pages, flags);
  taken?.push(reference);
  return pages;
}

/** faultin_page(): 0, or what the fault's failure is called here. */
function faultinPage(
  model: Model,
  vma: number,
  vpn: number,
  flags: number,
  unshare: boolean,
): number {
  if ((flags & FOLL.NOFAULT) !== 0) return ERRNO.EFAULT;
  const remote = (flags & FOLL.REMOTE) !== 0 ? FAULT_FLAG.REMOTE : 0;
  const write = (flags & FOLL.WRITE) !== 0 ? FAULT_FLAG.WRITE : 0;
  const answer = handleMmFault(model, vma, vpn, remote | (unshare ? FAULT_FLAG.UNSHARE : write));
  if ((answer & VM_FAULT.OOM) !== 0) return ERRNO.ENOMEM;
  if ((answer & VM_FAULT.HWPOISON) !== 0) {
    return (flags & FOLL.HWPOISON) !== 0 ? ERRNO.EHWPOISON : ERRNO.EFAULT;
  }
  return (answer & (VM_FAULT.SIGBUS | VM_FAULT.SIGSEGV)) !== 0 ? ERRNO.EFAULT : 0;
}

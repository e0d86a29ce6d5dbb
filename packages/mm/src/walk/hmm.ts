import { ERRNO } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { isFaultError } from '../fault/vmf.js';
import { isZeroFrame } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Frame, Pgmap, Vma } from '../state/columns.js';
import { vmaIsDax } from '../vma/special-huge.js';
import { hasVmFlag, vmaAt } from '../vma/vma.js';
import { absentPage } from './absent-page.js';
import { entriesOf, type WalkedEntry } from './walk-entries.js';

/** Flags of a page in the answer, and what the caller wants of each (include/linux/hmm.h). */
export const HMM_PFN = { VALID: 1 << 0, WRITE: 1 << 1, ERROR: 1 << 2 } as const;
/** What a caller asks for. */
export const HMM_REQ = { FAULT: HMM_PFN.VALID, WRITE: HMM_PFN.WRITE } as const;

/** A page as a device may see it; `pfn` is -1 where there is none. */
export interface HmmPfn {
  readonly pfn: number;
  /** `HMM_PFN` bits. */
  readonly flags: number;
}

/** Faults after which a range that still is not there counts as never coming. */
const MOST_ROUNDS = 64;

/** The page must be faulted in: for reading or for writing. */
interface Needed {
  readonly fault: number;
  readonly vpn: number;
}

const NOTHING: HmmPfn = { pfn: -1, flags: 0 };
const FAILED: HmmPfn = { pfn: -1, flags: HMM_PFN.ERROR };

/**
 * hmm_range_fault(): what a device mirrors of a range, faulted in as asked. An errno: -EFAULT where
 * that cannot be, -EBUSY while a page is on its way elsewhere (mm/hmm.c; SPEC 12.6).
 *
 * @param asked `HMM_REQ` bits
 * @param owner dev_pagemap owner whose private memory may show; -1 for nobody
 */
export function hmmRangeFault(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  asked: number,
  owner = -1,
): HmmPfn[] | number {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const answer = snapshot(model, mm, start, pages, asked, owner);
    if (typeof answer === 'number' || Array.isArray(answer)) return answer;
    const vma = vmaAt(model, mm, answer.vpn);
    const failed = handleMmFault(model, vma, answer.vpn, answer.fault | FAULT_FLAG.REMOTE);
    if (isFaultError(failed)) return ERRNO.EFAULT;
  }
  return ERRNO.EFAULT;
}

/** One walk over the range: its pages, an errno, or the first page that is to be faulted in. */
function snapshot(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  asked: number,
  owner: number,
): HmmPfn[] | number | Needed {
  const found: HmmPfn[] = new Array(pages).fill(NOTHING);
  for (let vpn = start; vpn < start + pages; ) {
    const vma = vmaAt(model, mm, vpn);
    const end = vma < 0 ? vpn + 1 : Math.min(start + pages, model.state.get(Vma.end, vma));
    if (vma < 0 || !isMirrored(model, vma)) {
      if (asked !== 0) return ERRNO.EFAULT;
      found.fill(FAILED, vpn - start, end - start);
    } else {
      const takesPud = (entry: Entry): boolean => isMirroredPud(model, vma, entry);
      for (const walked of entriesOf(model, vma, vpn, end, takesPud)) {
        const page = pageOf(model, vma, walked, asked, owner);
        if (typeof page === 'number' || 'fault' in page) return page;
        for (let i = 0; i < walked.pages; i++) {
          const pfn = page.pfn < 0 ? -1 : page.pfn + i;
          found[walked.vpn + i - start] = { ...page, pfn };
        }
      }
    }
    vpn = end;
  }
  return found;
}

/** hmm_vma_walk_test(): readable, and neither registers nor raw frames. */
const isMirrored = (model: Model, vma: number): boolean =>
  hasVmFlag(model, vma, 'VM_READ') &&
  !hasVmFlag(model, vma, 'VM_IO') &&
  !hasVmFlag(model, vma, 'VM_PFNMAP');

/** hmm_vma_walk_pud(): leaves of DAX alone, by their devmap mark until the VMA told. */
const isMirroredPud = (model: Model, vma: number, entry: Entry): boolean =>
  model.has('pxx-devmap-removed') ? vmaIsDax(model, vma) : model.pud.is.devmap(entry);

function pageOf(
  model: Model,
  vma: number,
  walked: WalkedEntry,
  asked: number,
  owner: number,
): HmmPfn | Needed | number {
  const { level, vpn, entry } = walked;
  const space = model.machine.space(level);
  const { is } = space;
  if (entry === 0) return faultOr(NOTHING, walked, asked);
  if (!is.present(entry)) return absentOf(model, walked, asked, owner);
  if (is.protnone(entry)) return faultOr(NOTHING, walked, asked);
  const into = level === 'pte' ? 0 : vpn % leafPagesOf(model, level);
  const pfn = space.pfn(entry) + into;
  const writable = is.write(entry) ? HMM_PFN.WRITE : 0;
  const page = { pfn, flags: HMM_PFN.VALID | writable };
  const needed = faultOr(page, walked, asked);
  if (level !== 'pte' || 'fault' in needed) return needed;
  const devmap = !model.has('pxx-devmap-removed') && is.devmap(entry);
  if (devmap || vmNormalPage(model, 'pte', vma, vpn, entry) >= 0) return page;
  const frame = model.machine.memory.frame(pfn);
  if (frame >= 0 && isZeroFrame(model, frame)) return page;
  return asked === 0 ? FAILED : ERRNO.EFAULT;
}

const leafPagesOf = ({ machine }: Model, level: string): number =>
  machine.levels.find((each) => each.level === level)?.pages ?? 1;

/** The page as it is when that is enough, else the fault that it takes (hmm_pte_need_fault()). */
function faultOr(page: HmmPfn, { vpn }: WalkedEntry, asked: number): HmmPfn | Needed {
  const write = (asked & HMM_REQ.WRITE) !== 0;
  if (write && (page.flags & HMM_PFN.WRITE) === 0) return { fault: FAULT_FLAG.WRITE, vpn };
  const read = (asked & HMM_REQ.FAULT) !== 0;
  return read && (page.flags & HMM_PFN.VALID) === 0 ? { fault: 0, vpn } : page;
}

/** hmm_vma_handle_pte() without a present entry: the caller's own device memory shows. */
function absentOf(
  model: Model,
  walked: WalkedEntry,
  asked: number,
  owner: number,
): HmmPfn | Needed | number {
  const space = model.machine.space(walked.level);
  const { what, frame } = absentPage(model, space, walked.entry);
  if (what.startsWith('device-private') && frame >= 0 && ownerOf(model, frame) === owner) {
    const write = what === 'device-private-write' ? HMM_PFN.WRITE : 0;
    const pfn = model.machine.memory.pfn(frame);
    return { pfn, flags: HMM_PFN.VALID | write };
  }
  const needed = faultOr(NOTHING, walked, asked);
  if (!('fault' in needed)) return needed;
  if (what === 'swap' || what.startsWith('device')) return needed;
  if (what.startsWith('migration')) return ERRNO.EBUSY;
  // Markers that a fault resolves are the business of the fault.
  return what === 'marker' ? needed : ERRNO.EFAULT;
}

function ownerOf({ state }: Model, frame: number): number {
  const pgmap = state.ref(Frame.pgmap, frame);
  return pgmap < 0 ? -1 : state.get(Pgmap.owner, pgmap);
}

import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { anonVmaClone, unlinkAnonVmas } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import { dupVma } from './address-space.js';
import { mergeVma } from './merge.js';
import { movePageTables } from './move-page-tables.js';
import { munmap } from './munmap.js';
import { isInsideHugePage, vmasTouching } from './split.js';
import { dropVmFlags, hasVmFlag, mmOf, opsOf, vmaAt, vmaIsAnonymous } from './vma.js';

/** What mremap() is asked for. Addresses are page numbers. */
export interface MremapRequest {
  readonly start: number;
  readonly oldPages: number;
  readonly newPages: number;
  /** Where to move to (MREMAP_MAYMOVE and MREMAP_FIXED); left out, the range grows or shrinks in place. */
  readonly to?: number;
  /** MREMAP_DONTUNMAP: the old range stays mapped, and is empty. */
  readonly dontUnmap?: boolean;
}

/**
 * mremap(): the new address. -EINVAL, -EFAULT, -ENOMEM for what cannot be done, -EPERM for sealed
 * VMAs (mm/mremap.c; SPEC 15.16).
 */
export function mremap(model: Model, mm: number, request: MremapRequest): number {
  const { start, to, dontUnmap = false } = request;
  let { oldPages, newPages } = request;
  const { state } = model;
  if (newPages <= 0 || oldPages < 0) return ERRNO.EINVAL;
  if (dontUnmap && (to === undefined || oldPages !== newPages)) return ERRNO.EINVAL;
  if (to !== undefined && to < start + oldPages && start < to + newPages) return ERRNO.EINVAL;
  const vma = vmaAt(model, mm, start);
  if (vma < 0) return ERRNO.EFAULT;
  if (hasVmFlag(model, vma, 'VM_SEALED')) return ERRNO.EPERM;
  if (hasVmFlag(model, vma, 'VM_HUGETLB')) {
    // Its lengths are rounded up to whole huge pages, and it does not grow.
    oldPages = wholeHugePages(model, oldPages);
    newPages = wholeHugePages(model, newPages);
    const starts = to === undefined ? [start] : [start, to];
    if (starts.some((at) => isInsideHugePage(model, vma, at))) return ERRNO.EINVAL;
    if (newPages > oldPages) return ERRNO.EINVAL;
  }
  const raw = hasVmFlag(model, vma, 'VM_DONTEXPAND') || hasVmFlag(model, vma, 'VM_PFNMAP');
  const shared = hasVmFlag(model, vma, 'VM_SHARED') || hasVmFlag(model, vma, 'VM_MAYSHARE');
  // Without a length the range is mapped a second time, which private memory cannot be.
  if (oldPages === 0 && !shared) return ERRNO.EINVAL;
  if (dontUnmap && raw) return ERRNO.EINVAL;
  if (start + oldPages > state.get(Vma.end, vma)) return ERRNO.EFAULT;
  if (newPages > oldPages && raw) return ERRNO.EFAULT;
  if (to === undefined) return resize(model, vma, start, oldPages, newPages);
  const cleared = munmap(model, mm, to, newPages);
  if (cleared !== 0) return cleared;
  const kept = Math.min(oldPages, newPages);
  if (newPages < oldPages) munmap(model, mm, start + newPages, oldPages - newPages);
  // Both may have split the VMA.
  return moveVma(model, vmaAt(model, mm, start), start, kept, to, newPages, dontUnmap);
}

function wholeHugePages(model: Model, pages: number): number {
  const huge = Math.max(1, pagesOfLevel(model, 'pmd'));
  return Math.ceil(pages / huge) * huge;
}

/** The range shrinks, or grows into free addresses behind it. */
function resize(
  model: Model,
  vma: number,
  start: number,
  oldPages: number,
  newPages: number,
): number {
  const { state } = model;
  const mm = mmOf(model, vma);
  if (newPages < oldPages) {
    const answer = munmap(model, mm, start + newPages, oldPages - newPages);
    return answer === 0 ? start : answer;
  }
  if (newPages === oldPages) return start;
  const [from, end] = [start + oldPages, start + newPages];
  if (oldPages === 0 || from !== state.get(Vma.end, vma)) return ERRNO.ENOMEM;
  if (vmasTouching(model, mm, from, end).length > 0) return ERRNO.ENOMEM;
  state.set(Vma.end, vma, end);
  mergeVma(model, vma);
  return start;
}

/** move_vma(): copy_vma(), move_page_tables(), and what becomes of the old range. */
function moveVma(
  model: Model,
  vma: number,
  start: number,
  oldPages: number,
  to: number,
  newPages: number,
  dontUnmap: boolean,
): number {
  const { state } = model;
  const mm = mmOf(model, vma);
  const copy = copyVma(model, vma, start, to, newPages);
  const moved = movePageTables(model, vma, copy, start, to, oldPages);
  if (moved < oldPages) {
    movePageTables(model, copy, vma, to, start, moved);
    munmap(model, mm, to, newPages);
    return ERRNO.ENOMEM;
  }
  const merged = mergeVma(model, copy, vma);
  if (dontUnmap) {
    dropVmFlags(model, vma, 'VM_LOCKED');
    const whole =
      state.get(Vma.start, vma) === start && state.get(Vma.end, vma) === start + oldPages;
    if (whole && merged !== vma) unlinkAnonVmas(model, vma);
  } else if (oldPages > 0) munmap(model, mm, start, oldPages);
  return to;
}

/** copy_vma(): memory that nobody has touched yet begins anew at its new address. */
function copyVma(model: Model, vma: number, start: number, to: number, pages: number): number {
  const { state } = model;
  const copy = dupVma(model, vma, mmOf(model, vma), to, to + pages);
  const untouched =
    vmaIsAnonymous(model, vma) &&
    state.ref(Vma.mapping, vma) < 0 &&
    state.ref(Vma.anonVma, vma) < 0;
  const pgoff = state.get(Vma.pgoff, vma) + start - state.get(Vma.start, vma);
  state.set(Vma.pgoff, copy, untouched ? to : pgoff);
  // Whoever watches the old addresses does not watch the new ones.
  dropVmFlags(model, copy, 'VM_UFFD_WP', 'VM_UFFD_MISSING');
  state.set(Vma.uffdWpAsync, copy, 0);
  anonVmaClone(model, copy, vma, false);
  opsOf(model, copy)?.open?.(model, copy);
  return copy;
}

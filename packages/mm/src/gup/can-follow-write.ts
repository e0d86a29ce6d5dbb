import { folioOf, isAnon, isAnonExclusive } from '../frames/folio.js';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';
import { hasVmFlag } from '../vma/vma.js';
import { softDirtyEnabled } from '../vma/write-tracking.js';
import { FOLL } from './flags.js';

/**
 * can_follow_write_pte(), _pmd(), _pud(): GUP may write through the entry as it is. Without the write
 * bit that takes FOLL_FORCE, and a page that is the process's own; until 5.19, what a write fault just
 * made dirty (SPEC 5.3, 24.8).
 */
export function canFollowWrite(
  model: Model,
  space: EntrySpace,
  vma: number,
  entry: Entry,
  frame: number,
  flags: number,
): boolean {
  if (space.is.write(entry)) return true;
  if (!model.has('force-write-needs-exclusive')) {
    const forced = FOLL.FORCE | FOLL.COW;
    return space.level !== 'pud' && (flags & forced) === forced && space.is.dirty(entry);
  }
  if (space.level === 'pud' && !model.has('follow-write-common')) return false;
  if (!canFollowWriteCommon(model, vma, frame, flags)) return false;
  if (space.level === 'pud') return true;
  if (softDirtyEnabled(model, vma) && !space.is.soft_dirty(entry)) return false;
  return !(hasVmFlag(model, vma, 'VM_UFFD_WP') && space.is.uffd_wp(entry));
}

/**
 * can_follow_write_common(): a write that no entry allows reaches what is private and cannot be
 * written otherwise. `frame` is -1 without a page.
 */
export function canFollowWriteCommon(
  model: Model,
  vma: number,
  frame: number,
  flags: number,
): boolean {
  if ((flags & FOLL.FORCE) === 0) return false;
  if (hasVmFlag(model, vma, 'VM_SHARED') || hasVmFlag(model, vma, 'VM_MAYSHARE')) return false;
  if (!hasVmFlag(model, vma, 'VM_MAYWRITE') || hasVmFlag(model, vma, 'VM_WRITE')) return false;
  if (frame < 0 || !isAnon(model, folioOf(model, frame))) return false;
  return isAnonExclusive(model, frame);
}

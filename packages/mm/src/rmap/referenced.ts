import { folioMapcount, isAnon, isKsm } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import type { Model } from '../model.js';
import { setEntry } from '../tables/tables.js';
import { hasVmFlag } from '../vma/vma.js';
import { vmaHasRecency } from '../zap/zap-pte.js';
import { MAPPED, pageVmaMappedWalk } from './mapped-walk.js';
import { rmapWalk } from './walk.js';

/** What folio_referenced() answers when a lock was held by somebody else. */
export const CONTENDED = -1;

/** What VMAs that used a folio are, `*vm_flags` of folio_referenced(). */
export interface UsersSeen {
  /** A VM_LOCKED one, which ends the walk. */
  locked: boolean;
  /** A VM_EXEC one. */
  executable: boolean;
}

/**
 * folio_referenced(): in how many VMAs the folio was used since it was last asked; the entries are old
 * afterwards. Since RMAP-LOG 8 it never waits for a lock, and answers -1 instead (mm/rmap.c; SPEC 9.11,
 * 24.13).
 *
 * @param isLocked the caller holds the folio's lock
 * @param seen learns of the VMAs, also of those that came before a contended lock
 */
export function folioReferenced(
  model: Model,
  folio: number,
  isLocked: boolean,
  seen?: UsersSeen,
): number {
  if (folioMapcount(model, folio) <= 0) return 0;
  const locks = !isLocked && needsLock(model, folio);
  if (locks && !folioTrylock(model, folio)) return 1;
  let referenced = 0;
  const contended = rmapWalk(model, folio, {
    one: (vma, vpn) => {
      if (hasVmFlag(model, vma, 'VM_LOCKED')) {
        if (seen !== undefined) seen.locked = true;
        return false;
      }
      if (clearYoung(model, folio, vma, vpn)) {
        referenced++;
        if (seen !== undefined && hasVmFlag(model, vma, 'VM_EXEC')) seen.executable = true;
      }
      return true;
    },
    // Since 6.3 VMAs that are read in order, or at random, are not looked at.
    skips: (vma) => model.has('recency-by-both-hints') && !vmaHasRecency(model, vma),
    tryLock: model.has('rmap-try-lock'),
    mappedOnly: true,
  });
  if (locks) folioUnlock(model, folio);
  return contended ? CONTENDED : referenced;
}

/** From 7.2 on walks of anonymous folios want the lock as well. */
const needsLock = (model: Model, folio: number): boolean =>
  model.has('anon-walks-hold-folio-lock') || !isAnon(model, folio) || isKsm(model, folio);

/** folio_referenced_one(): a page that was read in order is old afterwards, and was not used. */
function clearYoung(model: Model, folio: number, vma: number, vpn: number): boolean {
  let young = false;
  pageVmaMappedWalk(model, folio, vma, vpn, (_, slot, entry, level) => {
    const { is, to } = level === 'pte' ? model.pte : model.pmd;
    if (!is.present(entry) || !is.young(entry)) return MAPPED.next;
    if (level === 'pmd' || vmaHasRecency(model, vma)) young = true;
    setEntry(model, slot, to.mkold(entry));
    return MAPPED.next;
  });
  return young;
}

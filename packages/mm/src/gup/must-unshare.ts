import { folioOf, isAnon, isAnonExclusive } from '../frames/folio.js';
import type { Model } from '../model.js';
import { isCow } from '../vma/vma.js';
import { FOLL } from './flags.js';

/**
 * gup_must_unshare(): a page that is only read must become the process's own before it is pinned,
 * else pin and process would part at the next write. `vma` is -1 in the fast path (SPEC 5.4, 24.8).
 */
export function gupMustUnshare(model: Model, vma: number, flags: number, frame: number): boolean {
  if (!model.has('unshare-fault')) return false;
  if ((flags & FOLL.PIN) === 0 || (flags & FOLL.WRITE) !== 0) return false;
  if (isAnon(model, folioOf(model, frame))) return !isAnonExclusive(model, frame);
  if (!model.has('longterm-breaks-cow') || (flags & FOLL.LONGTERM) === 0) return false;
  return vma < 0 || isCow(model, vma);
}

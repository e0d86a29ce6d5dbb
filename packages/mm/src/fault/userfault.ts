import { VM_FAULT } from '../errno.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { vmFlagsOf } from '../vma/vma.js';
import { isMarker } from '../zap/markers.js';

/** handle_userfault(): whoever monitors the VMA has to act before the fault can be served. */
export function handleUserfault(model: Model, what: 'missing' | 'wp'): number {
  model.note(`userfault-${what}`);
  return VM_FAULT.RETRY;
}

/** userfaultfd_missing(). */
export const watchesMissing = (model: Model, vma: number): boolean =>
  vmFlagsOf(model, vma).VM_UFFD_MISSING;

/** userfaultfd_pte_wp(): the entry is write-protected for a monitor. */
export const isWatchedWrite = (model: Model, vma: number, entry: Entry): boolean =>
  vmFlagsOf(model, vma).VM_UFFD_WP && model.pte.is.uffd_wp(entry);

/** userfaultfd_wp_async(): write protection is lifted without asking anybody. */
export const isWpAsync = ({ state }: Model, vma: number): boolean =>
  state.get(Vma.uffdWpAsync, vma) !== 0;

/** vmf_orig_pte_uffd_wp(): the page that comes here was write-protected before it was there. */
export const wasWatched = (model: Model, orig: Entry): boolean =>
  orig !== NONE && isMarker(model, orig, 'PTE_MARKER_UFFD_WP');

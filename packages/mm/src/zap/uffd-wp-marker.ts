import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { vmaIsAnonymous, vmFlagsOf } from '../vma/vma.js';
import type { ZapDetails } from './details.js';
import { PTE_MARKER } from './markers.js';

/**
 * zap_install_uffd_wp_if_needed(): an entry of a file that was write-protected for userfaultfd
 * leaves a marker behind (SPEC 4.4). The slot must be empty.
 */
export function installUffdWpIfNeeded(
  model: Model,
  vma: number,
  slot: SlotAt,
  old: Entry,
  details: ZapDetails,
): void {
  if (vmaIsAnonymous(model, vma) || details.dropMarkers) return;
  if (!vmFlagsOf(model, vma).VM_UFFD_WP || !model.has('pte-markers')) return;
  const { is } = model.pte;
  const isProtected = is.present(old) ? is.uffd_wp(old) : is.uffd_wp_any(old);
  if (!isProtected) return;
  const marker = model.pte.makeAbsent('marker', PTE_MARKER.uffdWp);
  if (marker !== undefined) setEntry(model, slot, marker);
}

import { folioOf, isAnon } from '../frames/folio.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { migrationKind } from '../rmap/migration-entry.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { isMarker } from '../zap/markers.js';
import { MM_CP } from './flags.js';

/** A writable anonymous page that migrates is its process's own, and stays that (SPEC 8.4, 24.6). */
export const staysExclusive = (model: Model, folio: number): boolean =>
  isAnon(model, folio) && model.has('anon-exclusive');

/** change_pte_range() for an entry that is not present: 1 when it changed (SPEC 8.4). */
export function changeNonpresentPte(model: Model, slot: SlotAt, old: Entry, flags: number): number {
  const { pte } = model;
  const facts = pte.absent(old);
  let entry = old;
  switch (facts.what) {
    case 'migration-write': {
      const folio = folioOf(model, model.machine.memory.frame(Number(facts.pfn)));
      entry = pte.turned(old, migrationKind(false, staysExclusive(model, folio)));
      break;
    }
    case 'device-private-write':
      // Soft-dirtiness of device memory is not kept.
      entry = pte.to.swp_clear_soft_dirty(pte.turned(old, 'device-private-read'));
      break;
    case 'device-exclusive-write':
      entry = pte.turned(old, 'device-exclusive-read');
      break;
    case 'marker':
      return resolvedMarker(model, slot, old, flags);
    default:
  }
  if ((flags & MM_CP.UFFD_WP) !== 0) entry = pte.to.swp_mkuffd_wp(entry);
  else if ((flags & MM_CP.UFFD_WP_RESOLVE) !== 0) entry = pte.to.swp_clear_uffd_wp(entry);
  if (entry === old) return 0;
  setEntry(model, slot, entry);
  return 1;
}

/** Poison and guards stay; a mark of userfaultfd goes when its protection is resolved. */
function resolvedMarker(model: Model, slot: SlotAt, marker: Entry, flags: number): number {
  if (isMarker(model, marker, 'PTE_MARKER_POISONED')) return 0;
  if (isMarker(model, marker, 'PTE_MARKER_GUARD')) return 0;
  if ((flags & MM_CP.UFFD_WP_RESOLVE) === 0) return 0;
  setEntry(model, slot, NONE);
  return 1;
}

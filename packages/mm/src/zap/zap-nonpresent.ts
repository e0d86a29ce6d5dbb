import { freeSwap } from '../fault/wp-reuse.js';
import { counterOf, folioMapcount, folioOf, getRefs, isAnon } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { removeRmap } from '../rmap/remove.js';
import { Mm, SwapSlot } from '../state/columns.js';
import { namesSwapSlot, swapFree, swapSlotOf } from '../swap/swap-slots.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf, vmaIsAnonymous } from '../vma/vma.js';
import { shouldZapFolio, type ZapDetails } from './details.js';
import { isMarker } from './markers.js';
import { installUffdWpIfNeeded } from './uffd-wp-marker.js';

/** zap_nonpresent_ptes() for one entry (mm/memory.c; SPEC 4.3). */
export function zapNonpresentPte(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  entry: Entry,
  details: ZapDetails,
): void {
  if (!accounted(model, vma, vpn, entry, details)) return;
  setEntry(model, slot, NONE);
  installUffdWpIfNeeded(model, vma, slot, entry, details);
}

/** Takes back what the entry was counted as; false when it is to stay. */
function accounted(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
  details: ZapDetails,
): boolean {
  const facts = model.pte.absent(entry);
  switch (facts.what) {
    case 'device-private-read':
    case 'device-private-write':
      return zapDeviceEntry(model, vma, Number(facts.pfn), details, true);
    case 'device-exclusive':
    case 'device-exclusive-read':
    case 'device-exclusive-write':
      return zapDeviceEntry(
        model,
        vma,
        Number(facts.pfn),
        details,
        model.has('one-device-exclusive-type'),
      );
    case 'swap':
      if (!details.evenCows) return false;
      model.state.add(Mm.swapEntries, mmOf(model, vma), -1);
      if (namesSwapSlot(model, entry)) freeSwapAndCache(model, entry);
      else if (!model.has('swap-free-reports-nothing')) model.badPageMap('pte', vma, vpn, entry);
      return true;
    case 'migration-read':
    case 'migration-read-exclusive':
    case 'migration-write': {
      const folio = folioOf(model, frameNamed(model, Number(facts.pfn)));
      if (!shouldZapFolio(model, details, folio)) return false;
      model.state.add(counterOf(model, folio, Mm), mmOf(model, vma), -1);
      return true;
    }
    case 'marker':
      return markerGoes(model, vma, entry, details);
    case 'hwpoison':
    case 'swapin-error':
      return details.evenCows;
    default:
      model.warn('unrecognized-swap-entry');
      return true;
  }
}

/** pfn_swap_entry_folio(): nobody asks whether there is a page at all. */
function frameNamed(model: Model, pfn: number): number {
  const frame = model.machine.memory.frame(pfn);
  return frame < 0 ? model.bug('wild-page') : frame;
}

/** free_swap_and_cache(): a folio that is in the swap cache alone leaves it with its last entry. */
function freeSwapAndCache(model: Model, entry: Entry): void {
  const { state } = model;
  const cached = state.ref(SwapSlot.frame, swapSlotOf(model, entry));
  swapFree(model, entry);
  if (cached < 0 || folioMapcount(model, cached) > 0 || !folioTrylock(model, cached)) return;
  // Held meanwhile, as the kernel holds what it found in the cache.
  getRefs(model, cached);
  freeSwap(model, cached);
  folioUnlock(model, cached);
  putRefs(model, cached);
}

function markerGoes(model: Model, vma: number, entry: Entry, details: ZapDetails): boolean {
  if (isMarker(model, entry, 'PTE_MARKER_UFFD_WP')) {
    return vmaIsAnonymous(model, vma) || details.dropMarkers;
  }
  if (isMarker(model, entry, 'PTE_MARKER_GUARD')) return details.dropMarkers;
  if (isMarker(model, entry, 'PTE_MARKER_POISONED')) return details.evenCows;
  model.warn('unrecognized-swap-entry');
  return true;
}

function zapDeviceEntry(
  model: Model,
  vma: number,
  pfn: number,
  details: ZapDetails,
  hasRmap: boolean,
): boolean {
  const frame = frameNamed(model, pfn);
  const folio = folioOf(model, frame);
  if (!shouldZapFolio(model, details, folio)) return false;
  const expected = model.has('device-zap-checks-folio')
    ? isAnon(model, folio)
    : vmaIsAnonymous(model, vma);
  if (!expected) model.warn('device-entry-not-anonymous');
  model.state.add(counterOf(model, folio, Mm), mmOf(model, vma), -1);
  if (hasRmap) removeRmap(model, frame, 1, vma);
  putRefs(model, folio);
  return true;
}

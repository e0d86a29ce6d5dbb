import { isAnon } from '../frames/folio.js';
import type { Model } from '../model.js';

/** `struct zap_details`: what a zap leaves alone (SPEC 4.6). */
export interface ZapDetails {
  /** Private copies go as well. */
  readonly evenCows: boolean;
  /** Markers go as well (ZAP_FLAG_DROP_MARKER). */
  readonly dropMarkers: boolean;
  /** Leaf tables that are empty afterwards go too, where the kernel can free them (reclaim_pt). */
  readonly freesTables?: boolean;
}

/** Everything but markers goes: what callers say by giving no details. */
export const ZAP_ALL: ZapDetails = { evenCows: true, dropMarkers: false };
/** munmap and exit: everything goes. */
export const ZAP_UNMAP: ZapDetails = { evenCows: true, dropMarkers: true };
/** A file loses pages that its own copies are not made of: hole punching, layouts, invalidation. */
export const ZAP_KEEP_COWS: ZapDetails = { evenCows: false, dropMarkers: false };
/** One folio leaves the page cache (unmap_mapping_folio()): its markers go, private copies stay. */
export const ZAP_FOLIO: ZapDetails = { evenCows: false, dropMarkers: true };
/** MADV_DONTNEED. */
export const ZAP_DONTNEED: ZapDetails = { evenCows: true, dropMarkers: false, freesTables: true };

/** should_zap_folio(): private copies stay unless they are asked for. */
export const shouldZapFolio = (model: Model, details: ZapDetails, folio: number): boolean =>
  details.evenCows || !isAnon(model, folio);

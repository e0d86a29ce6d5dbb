import { isAnon } from '../frames/folio.js';
import type { Model } from '../model.js';

/** `struct zap_details`: what a zap leaves alone (SPEC 4.6). None of them: everything goes. */
export interface ZapDetails {
  /** Private copies go as well. */
  readonly evenCows: boolean;
  /** Markers go as well (munmap). */
  readonly dropMarkers: boolean;
}

/** should_zap_folio(): private copies stay unless they are asked for. */
export const shouldZapFolio = (model: Model, details: ZapDetails | null, folio: number): boolean =>
  details === null || details.evenCows || !isAnon(model, folio);

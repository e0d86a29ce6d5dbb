import { ERRNO } from '../errno.js';
import { getRefs, isZeroFrame, pgmapType, refcount } from '../frames/folio.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { hasPincount, PIN_BIAS } from '../rmap/pins.js';
import { Frame, Global } from '../state/columns.js';
import { FOLL } from './flags.js';

/**
 * try_grab_folio(): takes references or pins for GUP. 0, -ENOMEM for a folio without references,
 * -EREMOTEIO for peer-to-peer memory that was not asked for (mm/gup.c; SPEC 1.3, 5.5).
 */
export function tryGrabFolio(model: Model, folio: number, refs: number, flags: number): number {
  if (refcount(model, folio) <= 0) {
    model.warn('ref-not-positive');
    return ERRNO.ENOMEM;
  }
  const p2pdma = pgmapType(model, folio) === PGMAP_TYPE.p2pdma;
  if (p2pdma && model.has('p2pdma-refused') && (flags & FOLL.PCI_P2PDMA) === 0) {
    return ERRNO.EREMOTEIO;
  }
  if ((flags & FOLL.GET) !== 0) {
    getRefs(model, folio, refs);
    return 0;
  }
  if ((flags & FOLL.PIN) === 0 || isPinnedUncounted(model, folio)) return 0;
  addPins(model, folio, refs);
  return 0;
}

/** The shared zeropage has no pins to count; older kernels counted them (SPEC 1.3, 24.1). */
export const isPinnedUncounted = (model: Model, folio: number): boolean =>
  isZeroFrame(model, folio) && model.has('zeropage-not-pinned');

/** FOLL_PIN: counted apart where the folio can, else as many references at once (SPEC 1.3). */
export function addPins(model: Model, folio: number, pins: number): void {
  if (hasPincount(model, folio)) {
    getRefs(model, folio, pins);
    model.state.add(Frame.pincount, folio, pins);
  } else {
    getRefs(model, folio, pins * PIN_BIAS);
  }
  model.state.add(Global.pinsAcquired, 0, pins);
}

/** gup_put_folio(): gives back what was taken with the same flags. */
export function gupPutFolio(model: Model, folio: number, refs: number, flags: number): void {
  if ((flags & FOLL.PIN) === 0) {
    putRefs(model, folio, refs);
    return;
  }
  if (isPinnedUncounted(model, folio)) return;
  model.state.add(Global.pinsReleased, 0, refs);
  if (hasPincount(model, folio)) {
    model.state.add(Frame.pincount, folio, -refs);
    putRefs(model, folio, refs);
  } else {
    putRefs(model, folio, refs * PIN_BIAS);
  }
}

import { getRefs, pgmapType, refcount } from '../frames/folio.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { FOLL } from './flags.js';
import { addPins, isPinnedUncounted } from './grab.js';
import { folioIsLongtermPinnable } from './longterm.js';

/**
 * try_grab_folio_fast(), named try_grab_folio() up to 6.9: takes references or pins without a lock,
 * so that the folio may have been freed meanwhile. False: try the slow path (mm/gup.c; SPEC 5.7).
 */
export function tryGrabFolioFast(
  model: Model,
  folio: number,
  refs: number,
  flags: number,
): boolean {
  if ((flags & (FOLL.GET | FOLL.PIN)) === 0) {
    model.warn('neither-get-nor-pin');
    return false;
  }
  const p2pdma = pgmapType(model, folio) === PGMAP_TYPE.p2pdma;
  if (p2pdma && model.has('p2pdma-refused') && (flags & FOLL.PCI_P2PDMA) === 0) return false;
  const pin = (flags & FOLL.GET) === 0;
  if (pin && isPinnedUncounted(model, folio)) return true;
  const count = refcount(model, folio);
  if (count < 0) model.warn('ref-negative');
  if (count <= 0) return false;
  if (!pin) getRefs(model, folio, refs);
  else if ((flags & FOLL.LONGTERM) !== 0 && !folioIsLongtermPinnable(model, folio)) return false;
  else addPins(model, folio, refs);
  return true;
}

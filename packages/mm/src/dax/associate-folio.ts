import { prepareFolio } from '../frames/allocate.js';
import { folioOf, folioPages, isZoneDevice, refcount } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { clearOwner, isSharedByCount, setOwner } from './owner.js';

/**
 * dax_associate_entry() of counted pages: those of a PMD entry become one folio. Shared is what has
 * a mapping or a count already (fs/dax.c; SPEC 11.3, 23.3 item 21).
 */
export function associateFolio(
  model: Model,
  mapping: number,
  frame: number,
  index: number,
  pages: number,
  shared: boolean,
): void {
  const { state } = model;
  const folio = folioOf(model, frame);
  const owned = state.get(Frame.owner, folio) !== OWNER.none;
  if (!shared || (!owned && !isSharedByCount(model, folio))) {
    if (owned) model.warn('dax-page-has-mapping');
    if (folioPages(model, folio) !== 1) model.warn('dax-folio-large');
    if (pages > 1) prepareFolio(model, frame, Math.log2(pages));
    setOwner(model, frame, mapping, index);
  } else {
    if (owned) {
      clearOwner(model, folio);
      state.set(Frame.share, folio, 1);
    }
    if (folioPages(model, folio) !== pages) model.warn('dax-share-order');
    state.add(Frame.share, folio, 1);
  }
}

/**
 * dax_folio_put(): the last file offset is gone, and a large folio falls apart into pages. Until 7.2
 * the word of a single page stays: what was its index looks like a count of sharers (SPEC-7.2 11.12).
 */
export function disassociateFolio(model: Model, folio: number): void {
  const { state } = model;
  if (isSharedByCount(model, folio) && state.add(Frame.share, folio, -1) > 0) return;
  const pages = folioPages(model, folio);
  const owned = state.get(Frame.owner, folio) !== OWNER.none;
  const index = owned ? state.get(Frame.index, folio) : 0;
  clearOwner(model, folio);
  if (pages === 1) {
    if (!model.has('dax-folio-put-clears-word')) state.set(Frame.share, folio, index);
    return;
  }
  if (!isZoneDevice(model, folio)) model.vmWarn('dax-folio-not-of-device');
  state.set(Frame.order, folio, 0);
  for (let i = 0; i < pages; i++) {
    state.setRef(Frame.head, folio + i, -1);
    clearOwner(model, folio + i);
    if (refcount(model, folio + i) !== 0) model.warn('dax-page-referenced');
  }
}

import { prepareFolio } from '../frames/allocate.js';
import { folioOf, folioPages, refcount } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { entryFrame, entryIndex, entryPages, isHoleOrEmpty } from './entry.js';

/**
 * dax_associate_entry(): pages of an entry know their file from now on, or how many file offsets
 * share them (fs/dax.c; SPEC 11.2, 11.3).
 */
export function associate(model: Model, mapping: number, slot: number, shared: boolean): void {
  if (isHoleOrEmpty(model, slot) || isLimited(model)) return;
  const frame = entryFrame(model, slot);
  const index = entryIndex(model, mapping, slot);
  const pages = entryPages(model, slot);
  if (model.has('fsdax-refcounted')) associateFolio(model, mapping, frame, index, pages, shared);
  else for (let i = 0; i < pages; i++) associatePage(model, mapping, frame + i, index + i, shared);
}

/** dax_disassociate_entry(): the entry is about to go. `truncating` warns of pages in use until 6.14. */
export function disassociate(
  model: Model,
  mapping: number,
  slot: number,
  truncating: boolean,
): void {
  if (isHoleOrEmpty(model, slot) || isLimited(model)) return;
  const frame = entryFrame(model, slot);
  if (model.has('fsdax-refcounted')) {
    putFolio(model, folioOf(model, frame));
    return;
  }
  const pages = entryPages(model, slot);
  for (let i = 0; i < pages; i++) disassociatePage(model, mapping, frame + i, truncating);
}

/** FS_DAX_LIMITED: device memory without devmap entries, of which only s390x has any, until 6.14. */
export const isLimited = (model: Model): boolean =>
  !model.has('fsdax-refcounted') && !model.machine.form.definition.supports.devmap;

function setOwner({ state }: Model, frame: number, mapping: number, index: number): void {
  state.set(Frame.owner, frame, OWNER.file);
  state.setRef(Frame.ownerId, frame, mapping);
  state.set(Frame.index, frame, index);
}

function clearOwner({ state }: Model, frame: number): void {
  state.set(Frame.owner, frame, OWNER.none);
  state.set(Frame.ownerId, frame, 0);
  state.set(Frame.index, frame, 0);
}

function associatePage(
  model: Model,
  mapping: number,
  frame: number,
  index: number,
  shared: boolean,
): void {
  const { state } = model;
  const owner = state.get(Frame.owner, frame);
  if (!shared) {
    if (owner !== OWNER.none) model.warn('dax-page-has-mapping');
    setOwner(model, frame, mapping, index);
    return;
  }
  if (owner !== OWNER.daxShared) {
    if (owner !== OWNER.none) state.set(Frame.share, frame, 1);
    state.set(Frame.owner, frame, OWNER.daxShared);
    state.set(Frame.ownerId, frame, 0);
    state.set(Frame.index, frame, 0);
  }
  state.add(Frame.share, frame, 1);
}

function disassociatePage(model: Model, mapping: number, frame: number, truncating: boolean): void {
  const { state } = model;
  if (truncating && refcount(model, frame) > 1) model.warn('dax-page-busy');
  const owner = state.get(Frame.owner, frame);
  if (owner === OWNER.daxShared) {
    if (state.add(Frame.share, frame, -1) > 0) return;
  } else if (owner !== OWNER.none && state.ref(Frame.ownerId, frame) !== mapping) {
    model.warn('dax-page-of-other-mapping');
  }
  clearOwner(model, frame);
}

/** dax_folio_is_shared(): several file offsets, and no mapping. */
const isShared = ({ state }: Model, folio: number): boolean =>
  state.get(Frame.owner, folio) === OWNER.none && state.get(Frame.share, folio) !== 0;

function associateFolio(
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
  if (!shared || (!owned && !isShared(model, folio))) {
    if (owned) model.warn('dax-page-has-mapping');
    if (folioPages(model, folio) !== 1) model.warn('dax-folio-large');
    if (pages > 1) prepareFolio(model, frame, Math.log2(pages));
    setOwner(model, frame, mapping, index);
    return;
  }
  if (owned) {
    clearOwner(model, folio);
    state.set(Frame.share, folio, 1);
  }
  if (state.get(Frame.share, folio) === 0) model.warn('dax-share-zero');
  if (folioPages(model, folio) !== pages) model.warn('dax-share-order');
  state.add(Frame.share, folio, 1);
}

/** dax_folio_put(): the last file offset is gone, and a large folio falls apart into pages. */
function putFolio(model: Model, folio: number): void {
  const { state } = model;
  if (isShared(model, folio) && state.add(Frame.share, folio, -1) > 0) return;
  clearOwner(model, folio);
  const pages = folioPages(model, folio);
  if (pages === 1) return;
  state.set(Frame.order, folio, 0);
  for (let i = 0; i < pages; i++) {
    state.setRef(Frame.head, folio + i, -1);
    clearOwner(model, folio + i);
    state.set(Frame.share, folio + i, 0);
    if (refcount(model, folio + i) !== 0) model.warn('dax-page-referenced');
  }
}

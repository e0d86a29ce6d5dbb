import { folioOf, getRefs, refcount } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { associateFolio, disassociateFolio } from './associate-folio.js';
import { entryFrame, entryIndex, entryPages, isHoleOrEmpty } from './entry.js';
import { clearOwner, isSharedByCount, setOwner } from './owner.js';

/**
 * dax_associate_entry(): pages of an entry know their file from now on, or how many file offsets
 * share them (fs/dax.c; SPEC 11.2, 11.3).
 */
export function associate(model: Model, mapping: number, slot: number, shared: boolean): void {
  if (isHoleOrEmpty(model, slot) || isLimited(model)) return;
  const frame = entryFrame(model, slot);
  const index = entryIndex(model, mapping, slot);
  const pages = entryPages(model, slot);
  if (model.has('fsdax-refcounted')) {
    associateFolio(model, mapping, frame, index, pages, shared);
    if (model.has('page-cache-holds-dax-page')) getRefs(model, folioOf(model, frame));
    return;
  }
  const one = model.has('dax-shared-by-count') ? associateByCount : associateByMarker;
  for (let i = 0; i < pages; i++) one(model, mapping, frame + i, index + i, shared);
}

/**
 * dax_disassociate_entry(): the entry is about to go. `truncating` warns of pages in use until their
 * references are counted. Holes have no pages of the file; v6 takes the zeropage for one (SPEC 15.33).
 */
export function disassociate(
  model: Model,
  mapping: number,
  slot: number,
  truncating: boolean,
): void {
  if (isLimited(model)) return;
  const frame = entryFrame(model, slot);
  const counted = model.has('fsdax-refcounted');
  if (isHoleOrEmpty(model, slot)) {
    const takenForPage = counted && !model.has('dax-zero-entries-left-alone') && frame >= 0;
    if (takenForPage) disassociateFolio(model, folioOf(model, frame));
    return;
  }
  if (counted) {
    const folio = folioOf(model, frame);
    if (model.has('page-cache-holds-dax-page')) putRefs(model, folio);
    disassociateFolio(model, folio);
    return;
  }
  const pages = entryPages(model, slot);
  for (let i = 0; i < pages; i++) {
    if (truncating && refcount(model, frame + i) > 1) model.warn('dax-page-busy');
    disassociatePage(model, mapping, frame + i);
  }
}

/**
 * FS_DAX_LIMITED: device memory without struct pages, of which only s390x has any. Nothing can map it
 * since pages are counted (SPEC 23.1).
 */
export const isLimited = (model: Model): boolean =>
  !model.has('fsdax-refcounted') && !model.machine.form.definition.supports.devmap;

/** A page of one file offset. */
function associateWithOne(model: Model, mapping: number, frame: number, index: number): void {
  if (model.state.get(Frame.owner, frame) !== OWNER.none) model.warn('dax-page-has-mapping');
  setOwner(model, frame, mapping, index);
}

/** Until patch 8: a marker stands where the mapping of a shared page was (PAGE_MAPPING_DAX_SHARED). */
function associateByMarker(
  model: Model,
  mapping: number,
  frame: number,
  index: number,
  shared: boolean,
): void {
  const { state } = model;
  if (!shared) {
    associateWithOne(model, mapping, frame, index);
    return;
  }
  const owner = state.get(Frame.owner, frame);
  if (owner !== OWNER.daxShared) {
    clearOwner(model, frame);
    if (owner !== OWNER.none) state.set(Frame.share, frame, 1);
    state.set(Frame.owner, frame, OWNER.daxShared);
  }
  state.add(Frame.share, frame, 1);
}

/**
 * Patch 8: a shared page has no mapping, and a count in the word that is its index otherwise. v6
 * counts only where it finds a mapping and a word that is not 0: not for a first sharer at index 0,
 * and not for a third one. The form that followed asks for one of the two (SPEC 15.25).
 */
function associateByCount(
  model: Model,
  mapping: number,
  frame: number,
  index: number,
  shared: boolean,
): void {
  const { state } = model;
  const owned = state.get(Frame.owner, frame) !== OWNER.none;
  const word = state.get(owned ? Frame.index : Frame.share, frame);
  const known = model.has('dax-share-word-or-mapping') ? owned || word !== 0 : owned && word !== 0;
  if (!shared || !known) {
    associateWithOne(model, mapping, frame, index);
    return;
  }
  if (owned) {
    clearOwner(model, frame);
    state.set(Frame.share, frame, 1);
  }
  state.add(Frame.share, frame, 1);
}

function disassociatePage(model: Model, mapping: number, frame: number): void {
  const { state } = model;
  const owner = state.get(Frame.owner, frame);
  if (owner === OWNER.daxShared || isSharedByCount(model, frame)) {
    if (state.add(Frame.share, frame, -1) > 0) return;
  } else if (owner !== OWNER.none && state.ref(Frame.ownerId, frame) !== mapping) {
    model.warn('dax-page-of-other-mapping');
  }
  clearOwner(model, frame);
}

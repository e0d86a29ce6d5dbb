import { folioMapcount, isLarge } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/**
 * Which address spaces map a large folio: two slots, each an address space with its mappings, and a
 * mark for "perhaps more than one" (CONFIG_MM_ID, include/linux/rmap.h; SPEC 1.1, 6.5). The mark is
 * never wrongly clear, and now and then set although one address space is left.
 */
const tracksMms = (model: Model): boolean =>
  model.has('mm-ids') && model.config.MM_ID && model.config.TRANSPARENT_HUGEPAGE;

/** folio_set_large_mapcount(): the first mappings of a folio that is new. */
export function setLargeMapcount(model: Model, folio: number, nr: number, mm: number): void {
  const { state } = model;
  state.set(Frame.largeMapcount, folio, nr);
  if (!tracksMms(model)) return;
  state.set(Frame.mmId0Mapcount, folio, nr);
  state.setRef(Frame.mmId0, folio, mm);
}

/** folio_add_return_large_mapcount(): `nr` mappings more by an address space; all of them after it. */
export function addLargeMapcount(model: Model, folio: number, nr: number, mm: number): number {
  const { state } = model;
  const total = state.add(Frame.largeMapcount, folio, nr);
  if (!tracksMms(model)) return total;
  const first = state.ref(Frame.mmId0, folio);
  const second = state.ref(Frame.mmId1, folio);
  if (first === mm) state.add(Frame.mmId0Mapcount, folio, nr);
  else if (second === mm) state.add(Frame.mmId1Mapcount, folio, nr);
  else if (first < 0) {
    state.setRef(Frame.mmId0, folio, mm);
    state.set(Frame.mmId0Mapcount, folio, nr);
    // There may be mappings of address spaces for which no slot was free.
    if (total !== nr) state.set(Frame.mmShared, folio, 1);
  } else if (second < 0) {
    state.setRef(Frame.mmId1, folio, mm);
    state.set(Frame.mmId1Mapcount, folio, nr);
    state.set(Frame.mmShared, folio, 1);
  }
  return total;
}

/** folio_sub_return_large_mapcount(): `nr` mappings less; those that are left. */
export function subLargeMapcount(model: Model, folio: number, nr: number, mm: number): number {
  const { state } = model;
  const total = state.add(Frame.largeMapcount, folio, -nr);
  if (!tracksMms(model)) return total;
  if (state.ref(Frame.mmId0, folio) === mm) {
    // A slot can be owed more than it counts: mappings made while none was free.
    if (state.add(Frame.mmId0Mapcount, folio, -nr) > 0) return total;
    state.set(Frame.mmId0Mapcount, folio, 0);
    state.setRef(Frame.mmId0, folio, -1);
  } else if (state.ref(Frame.mmId1, folio) === mm) {
    if (state.add(Frame.mmId1Mapcount, folio, -nr) > 0) return total;
    state.set(Frame.mmId1Mapcount, folio, 0);
    state.setRef(Frame.mmId1, folio, -1);
  }
  const ownsAll =
    state.get(Frame.mmId0Mapcount, folio) === total ||
    state.get(Frame.mmId1Mapcount, folio) === total;
  if (ownsAll) state.set(Frame.mmShared, folio, 0);
  return total;
}

/** The mark that a large folio is perhaps mapped by more than one address space. */
export const isMarkedShared = ({ state }: Model, folio: number): boolean =>
  state.get(Frame.mmShared, folio) !== 0;

/** The address space has one of the folio's slots. */
export const hasMmSlot = ({ state }: Model, folio: number, mm: number): boolean =>
  state.ref(Frame.mmId0, folio) === mm || state.ref(Frame.mmId1, folio) === mm;

/**
 * folio_maybe_mapped_shared(): never wrongly no. Before the slots existed, folio_likely_mapped_shared():
 * a guess by the first page's mapcount.
 */
export function folioMaybeMappedShared(model: Model, folio: number): boolean {
  const { state } = model;
  const mapcount = folioMapcount(model, folio);
  if (!isLarge(model, folio)) return mapcount > 1;
  if (model.has('mm-ids')) {
    if (!tracksMms(model)) return true;
    return mapcount > 1 && isMarkedShared(model, folio);
  }
  if (mapcount <= 1) return false;
  const entire = state.get(Frame.entireMapcount, folio);
  if (entire > 0 || mapcount > 2 ** state.get(Frame.order, folio)) return true;
  return state.get(Frame.mapcount, folio) > 1;
}

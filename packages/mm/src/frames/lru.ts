import type { Model } from '../model.js';
import { Frame, Global } from '../state/columns.js';
import { LRU } from './page-flags.js';

/** A list that folios wait for reclaim on. */
export type LruList = 'inactive' | 'active';

const ENDS = {
  inactive: { head: Global.inactiveHead, tail: Global.inactiveTail },
  active: { head: Global.activeHead, tail: Global.activeTail },
} as const;

/** Puts a folio on a list, at its head unless told otherwise. It must be on none. */
export function lruAdd(
  { state }: Model,
  folio: number,
  list: LruList,
  end: 'head' | 'tail' = 'head',
): void {
  const { head, tail } = ENDS[list];
  const atHead = end === 'head';
  const [near, far] = atHead ? [head, tail] : [tail, head];
  const neighbour = state.ref(near, 0);
  state.set(Frame.lru, folio, LRU[list]);
  state.setRef(atHead ? Frame.lruNext : Frame.lruPrevious, folio, neighbour);
  if (neighbour < 0) state.setRef(far, 0, folio);
  else state.setRef(atHead ? Frame.lruPrevious : Frame.lruNext, neighbour, folio);
  state.setRef(near, 0, folio);
}

/** Takes a folio off the list that it is on, if any. */
export function lruRemove({ state }: Model, folio: number): void {
  const on = state.get(Frame.lru, folio);
  if (on === LRU.none) return;
  const { head, tail } = on === LRU.active ? ENDS.active : ENDS.inactive;
  const previous = state.ref(Frame.lruPrevious, folio);
  const next = state.ref(Frame.lruNext, folio);
  if (previous < 0) state.setRef(head, 0, next);
  else state.setRef(Frame.lruNext, previous, next);
  if (next < 0) state.setRef(tail, 0, previous);
  else state.setRef(Frame.lruPrevious, next, previous);
  state.set(Frame.lru, folio, LRU.none);
  state.setRef(Frame.lruPrevious, folio, -1);
  state.setRef(Frame.lruNext, folio, -1);
}

/** The folios of a list from head to tail. */
export function lruFolios({ state }: Model, list: LruList): number[] {
  const folios: number[] = [];
  for (let at = state.ref(ENDS[list].head, 0); at >= 0; at = state.ref(Frame.lruNext, at)) {
    folios.push(at);
  }
  return folios;
}

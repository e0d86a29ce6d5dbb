import { isAccessible } from '../fault/handle-pte-fault.js';
import { folioOf, isAnon, isAnonExclusive } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame, Pgmap } from '../state/columns.js';
import { FOLL } from './flags.js';

/** Nothing to follow there: the caller must fault it in. */
export const FAULT_IT_IN = 0;

/** gup_can_follow_protnone(): NUMA hints stop those alone who said that they honour them. */
export function canFollowProtnone(model: Model, vma: number, flags: number): boolean {
  return (flags & FOLL.HONOR_NUMA_FAULT) === 0 || !isAccessible(model, vma);
}

/** An anonymous page that is pinned is exclusive by now (SPEC 5.5, 24.8). */
export function checkPinned(model: Model, frame: number, flags: number): void {
  if (!model.has('unshare-fault')) return;
  if ((flags & FOLL.PIN) === 0 || !isAnon(model, folioOf(model, frame))) return;
  if (isAnonExclusive(model, frame)) return;
  if (model.has('shared-pin-warns')) model.vmWarn('not-exclusive');
  else model.vmBug('not-exclusive');
}

/** get_dev_pagemap(): the device's page map is there, and not on its way out. */
export function isLiveDevice({ state }: Model, frame: number): boolean {
  const pgmap = frame < 0 ? -1 : state.ref(Frame.pgmap, frame);
  return pgmap >= 0 && state.get(Pgmap.dying, pgmap) === 0;
}

import { SLEEPS_ON, wake } from '../dax/waiter.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { folioPages, isFsdax, isZoneDevice } from './folio.js';
import { freeDeviceFolio } from './free-device.js';
import { lruRemove } from './lru.js';

/**
 * folio_put_refs(): drops references; the last one frees the folio. Dropping more than there are is
 * a use after free, noted as `refcount-underflow`. Pages of FS_DAX are never freed while they begin
 * at one reference; dropping to it wakes who waits on the reference count
 * (put_devmap_managed_folio_refs(); SPEC 11.2, 23.2 wake_key).
 */
export function putRefs(model: Model, folio: number, count = 1): void {
  const { state } = model;
  const left = state.add(Frame.refcount, folio, -count);
  if (left > 1) return;
  if (isFsdax(model, folio) && !model.has('fsdax-refcounted')) {
    if (left === 1) wake(model, SLEEPS_ON.refcount, folio);
    return;
  }
  if (left > 0) return;
  if (left < 0) {
    model.vmBug('refcount-underflow');
    return;
  }
  if (isZoneDevice(model, folio)) freeDeviceFolio(model, folio);
  else freeFolio(model, folio);
}

/** Gives all pages of a folio back: nothing of what they were is left but their contents. */
function freeFolio(model: Model, folio: number): void {
  const { state } = model;
  lruRemove(model, folio);
  const pages = folioPages(model, folio);
  for (let i = 0; i < pages; i++) {
    const content = state.get(Frame.content, folio + i);
    state.clear('frame', folio + i);
    state.set(Frame.content, folio + i, content);
  }
}

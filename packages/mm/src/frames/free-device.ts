import { becomesIdle } from '../dax/becomes-idle.js';
import type { Model } from '../model.js';
import { Frame, Pgmap } from '../state/columns.js';
import { folioPages, pgmapType, setFlag } from './folio.js';
import { OWNER, PAGE_FLAG, PGMAP_TYPE } from './page-flags.js';

/**
 * free_zone_device_folio(): the last reference to device memory is gone. FS_DAX pages keep their
 * mapping and wake who waits for them; devdax pages stay at one reference; memory of a PCI device
 * goes back to its pool (mm/memremap.c; SPEC 11.2, 23.3 items 10, 21, 22).
 */
export function freeDeviceFolio(model: Model, folio: number): void {
  const { state } = model;
  const type = pgmapType(model, folio);
  if (type === PGMAP_TYPE.fsdax) {
    becomesIdle(model, folio);
    return;
  }
  if (type === PGMAP_TYPE.generic) {
    // Nobody was ever to drop the first reference: its driver has no way to free a page.
    if (model.has('devdax-refcounted')) state.set(Frame.refcount, folio, 1);
    else model.warn('pgmap-without-free');
    return;
  }
  const pages = folioPages(model, folio);
  for (let i = 0; i < pages; i++) setFlag(model, folio + i, PAGE_FLAG.anonExclusive, false);
  state.set(Frame.owner, folio, OWNER.none);
  state.set(Frame.ownerId, folio, 0);
  if (type !== PGMAP_TYPE.p2pdma) return;
  setFlag(model, folio, PAGE_FLAG.pooled, true);
  state.add(Pgmap.users, state.ref(Frame.pgmap, folio), -1);
  if (!model.has('p2pdma-starts-at-zero')) state.set(Frame.refcount, folio, 1);
}

import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { folioPages, pgmapType, setFlag } from './folio.js';
import { OWNER, PAGE_FLAG, PGMAP_TYPE } from './page-flags.js';

/**
 * free_zone_device_folio(): the last reference to device memory is gone. FS_DAX pages keep their
 * mapping and wake who waits for them; devdax pages stay at one reference (SPEC 11.2).
 */
export function freeDeviceFolio(model: Model, folio: number): void {
  const { state } = model;
  const type = pgmapType(model, folio);
  if (type === PGMAP_TYPE.fsdax) {
    model.note('dax-page-idle');
    return;
  }
  if (type === PGMAP_TYPE.generic) {
    state.set(Frame.refcount, folio, 1);
    return;
  }
  const pages = folioPages(model, folio);
  for (let i = 0; i < pages; i++) setFlag(model, folio + i, PAGE_FLAG.anonExclusive, false);
  state.set(Frame.owner, folio, OWNER.none);
  state.set(Frame.ownerId, folio, 0);
}

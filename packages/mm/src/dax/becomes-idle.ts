import { fileSystemOfPage } from '../files/file-systems.js';
import type { Model } from '../model.js';
import { SLEEPS_ON, wake } from './waiter.js';

/**
 * free_zone_device_folio() of FS_DAX memory: the last reference is gone. The page stays with its file,
 * and who waits for it is woken by its address; virtiofs has no page-free operation, for the lack of
 * which v6 warns and wakes nobody (mm/memremap.c; SPEC 11.2, 15.34).
 */
export function becomesIdle(model: Model, folio: number): void {
  const hasOperation = fileSystemOfPage(model, folio).virtual !== true;
  if (!hasOperation && !model.has('virtiofs-wakes-waiters')) {
    model.warn('pgmap-without-free');
    return;
  }
  model.note('dax-page-idle');
  wake(model, SLEEPS_ON.page, folio);
}

import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { folioMapcount, isAnon, isLarge, pgmapType, refcount } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { migrateFolio } from './migrate-folio.js';

/**
 * migrate_vma_setup(), _pages() and _finalize() towards a device: an anonymous page moves to memory
 * that the processor cannot reach, behind a device-private entry. The device's frame; -EINVAL for a
 * page or frame of the wrong kind; -EOPNOTSUPP where the form has no such entries; what migrateFolio() answers (mm/migrate_device.c; SPEC 9.9).
 */
export function migrateToDevice(model: Model, frame: number, device: number): number {
  const { state, machine } = model;
  const { numbers } = machine.form.definition.swap.types;
  if (numbers['device-private-read'] === undefined) return ERRNO.EOPNOTSUPP;
  const fits =
    pgmapType(model, device) === PGMAP_TYPE.private &&
    refcount(model, device) === 0 &&
    isAnon(model, frame) &&
    !isLarge(model, frame);
  if (!fits || folioMapcount(model, frame) <= 0) return ERRNO.EINVAL;
  state.set(Frame.refcount, device, 1);
  return migrateFolio(model, frame, device);
}

/**
 * migrate_to_ram() of a driver: the processor used a page that lies on a device, and it comes back.
 * The new frame, or what migrateFolio() answers.
 */
export function migrateToRam(model: Model, device: number): number {
  const to = allocFolio(model);
  if (to < 0) return ERRNO.ENOMEM;
  const moved = migrateFolio(model, device, to);
  if (moved >= 0) lruAdd(model, moved, 'inactive');
  return moved;
}

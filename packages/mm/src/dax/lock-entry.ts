import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { CacheSlot } from '../state/columns.js';
import { DAX, daxEntryAt, entryIs } from './entry.js';
import { SLEEPS_ON, wake } from './waiter.js';

/**
 * dax_lock_entry(): a fault that is in progress has an entry for itself. -ENOENT without an entry,
 * -EBUSY when somebody has it already (fs/dax.c).
 */
export function daxLockEntry(model: Model, mapping: number, index: number): number {
  const slot = daxEntryAt(model, mapping, index);
  if (slot < 0) return ERRNO.ENOENT;
  if (entryIs(model, slot, DAX.locked)) return ERRNO.EBUSY;
  model.state.add(CacheSlot.bits, slot, DAX.locked);
  return 0;
}

/**
 * dax_unlock_entry(): whoever waits for the entry can go on. The kernel wakes them one by one, each
 * the next; here all are woken, and take their turns. -ENOENT when it was not locked.
 */
export function daxUnlockEntry(model: Model, mapping: number, index: number): number {
  const slot = daxEntryAt(model, mapping, index);
  if (slot < 0 || !entryIs(model, slot, DAX.locked)) return ERRNO.ENOENT;
  model.state.add(CacheSlot.bits, slot, -DAX.locked);
  wake(model, SLEEPS_ON.entry, slot);
  return 0;
}

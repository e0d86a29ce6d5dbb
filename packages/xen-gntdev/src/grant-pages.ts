import { ok, type VirtAddr, virtAddr } from '@pagewright/core';
import type { AddressSpace } from './address-space.js';
import type { GntdevDevice } from './device.js';
import { type Outcome, refuse } from './errno.js';
import { clearedEntry, grantEntry } from './grant-entry.js';
import type { GrantMap, GrantSlot } from './grant-map.js';
import { GNTMAP, GNTST } from './grant-table.js';

/** Address that a slot of a mapped map shows. */
const addressOf = (map: GrantMap, index: number, pageShift: number): VirtAddr =>
  virtAddr(map.pagesVmStart + (BigInt(index) << BigInt(pageShift)));

/**
 * gntdev_map_grant_pages(): one request a grant. For a PV guest the request names the user's entry,
 * and the hypervisor writes it; the second mapping that the kernel then makes for itself is left out.
 * A refused grant makes the whole call -EINVAL; the others stay mapped.
 */
export function mapGrantPages(
  device: GntdevDevice,
  map: GrantMap,
  space: AddressSpace,
): Outcome<void> {
  const pv = device.domain === 'pv';
  const ofEntry = GNTMAP.application_map | GNTMAP.contains_pte | GNTMAP.guest_avail0;
  const flags = map.flags | (pv ? ofEntry : 0);
  const refused: number[] = [];
  map.slots.forEach((slot, index) => {
    const answer = device.grants.map(slot.ref, flags);
    if (answer.status !== GNTST.okay) {
      refused.push(index);
      return;
    }
    slot.handle = answer.handle;
    if (!pv) return;
    const addr = addressOf(map, index, device.kernel.pageShift);
    space.writeEntry(addr, grantEntry(device.form, answer.frame, flags));
  });
  if (refused.length === 0) return ok(undefined);
  return refuse('EINVAL', `the hypervisor refuses grants ${refused.join(', ')} of the map`, {
    refused: refused.length,
    first: refused[0] as number,
  });
}

/** unmap_grant_pages(): hands `pages` grants from `first` on back; entries of a PV guest empty. */
export function unmapGrantPages(
  device: GntdevDevice,
  map: GrantMap,
  first: number,
  pages: number,
): void {
  const space = map.notified?.space;
  const wanted = map.slots.slice(first, first + pages);
  wanted.forEach((slot, i) => {
    if (slot.beingRemoved) return;
    slot.beingRemoved = true;
    if (!release(device, slot) || space === undefined) return;
    const addr = addressOf(map, first + i, device.kernel.pageShift);
    space.writeEntry(addr, clearedEntry(device.form, space.readEntry(addr)));
  });
}

/** Gives a handle back; false when there is none. */
function release(device: GntdevDevice, slot: GrantSlot): boolean {
  if (slot.handle === null) return false;
  device.grants.unmap(slot.handle);
  slot.handle = null;
  return true;
}

/** gntdev_put_map(): drops a reference; the last one hands everything back. */
export function putMap(device: GntdevDevice, map: GrantMap): void {
  map.users -= 1;
  if (map.users > 0) return;
  if (device.domain !== 'pv') unmapGrantPages(device, map, 0, map.count);
  map.notified?.space.notifiers.delete(map.notified.notifier);
  map.notified = null;
}

import {
  ok,
  type VirtAddr,
  VM_DONTCOPY,
  VM_DONTDUMP,
  VM_DONTEXPAND,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_SHARED,
  VM_WRITE,
  type Vma,
  virtAddr,
} from '@pagewright/core';
import type { AddressSpace, RangeNotifier } from './address-space.js';
import type { GntdevDevice } from './device.js';
import { type Outcome, refuse } from './errno.js';
import { asInt, type GrantMap, pageAt, recordEntry } from './grant-map.js';
import { mapGrantPages, putMap, unmapGrantPages } from './grant-pages.js';
import { GNTMAP } from './grant-table.js';

/** A VMA of the driver. */
export interface GrantVma extends Vma {
  readonly map: GrantMap;
}

/** What mmap() is asked for: the VMA as it comes to the driver. */
export type MmapRequest = Pick<Vma, 'start' | 'end' | 'flags' | 'pgoff'>;

/**
 * gntdev_mmap() with the map that the file has for offset and size, if any (drivers/xen/gntdev.c;
 * SPEC 13). Answers the VMA with the flags that the driver sets. `EINVAL` for a private mapping that
 * can be written, without a map of that offset and size, for a map already mmapped, for a writable
 * mapping of a map set up read-only, and when the hypervisor refuses a grant; `ENOMEM` without
 * memory for tables; what mapping the pages answers. `BUG` for a PV guest's VMA of 2^32 pages, whose
 * size the driver takes for 0, which fits any map.
 */
export function mmapGrants(
  device: GntdevDevice,
  find: (index: number, count: number) => GrantMap | undefined,
  space: AddressSpace,
  request: MmapRequest,
): Outcome<GrantVma> {
  const { kernel } = device;
  const writable = (request.flags & VM_WRITE) !== 0n;
  const shared = (request.flags & VM_SHARED) !== 0n;
  if (writable && !shared) return refuse('EINVAL', 'a private mapping of grants with VM_WRITE');
  const count = asInt((request.end - request.start) >> BigInt(kernel.pageShift));
  const index = asInt(request.pgoff);
  const map = find(index, count);
  if (map === undefined) {
    return refuse('EINVAL', `no map of ${count} grants at offset ${index} pages`, { index, count });
  }
  if (map.inUse) return refuse('EINVAL', 'the map is mmapped, and can be only once', { index });
  map.inUse = true;
  map.users += 1;
  const vma = { ...request, flags: flagsOf(device, request.flags, shared) };
  const failed = setUp(device, map, space, vma);
  if (failed !== undefined) {
    if (device.domain === 'pv') unmapGrantPages(device, map, 0, map.count);
    putMap(device, map);
    return failed;
  }
  return ok({
    ...vma,
    ops: { findNormalPage: (addr) => pageAt(map, addr, kernel.pageShift) },
    name: '/dev/xen/gntdev',
    map,
  });
}

function flagsOf({ kernel, domain }: GntdevDevice, flags: bigint, shared: boolean): bigint {
  const set = VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP | (domain === 'pv' ? VM_DONTCOPY : 0n);
  // Read-only and private: nothing may make it writable, so it is no CoW mapping.
  const cleared = !shared && kernel.has('gntdev-clears-maywrite') ? VM_MAYWRITE : 0n;
  return (flags | set) & ~cleared;
}

type Failed = Extract<Outcome<void>, { ok: false }>;

/** Everything after the checks that need no undoing; what went wrong, if anything. */
function setUp(
  device: GntdevDevice,
  map: GrantMap,
  space: AddressSpace,
  vma: MmapRequest,
): Failed | undefined {
  const { start, end, flags } = vma;
  const writable = (flags & VM_WRITE) !== 0n;
  if (map.flags === 0) map.flags = GNTMAP.host_map | (writable ? 0 : GNTMAP.readonly);
  else if (writable && (map.flags & GNTMAP.readonly) !== 0) {
    return refuse('EINVAL', 'a writable mapping of a map that was set up read-only');
  }
  map.pagesVmStart = start;
  if (device.domain === 'pv') {
    const notifier = notifierOf(device, map, start, end);
    space.notifiers.add(notifier);
    map.notified = { space, notifier };
    const recorded = recordEntries(device, map, space, vma);
    if (recorded !== undefined) return recorded;
  }
  const mapped = mapGrantPages(device, map, space);
  if (!mapped.ok) return mapped;
  if (device.domain === 'pv') return undefined;
  const errno = space.mapPages(vma, map.pages);
  return errno === null ? undefined : refuse(errno, 'vm_map_pages_zero() fails');
}

/** apply_to_page_range() with find_grant_ptes(): ends where the map does at the latest. */
function recordEntries(
  { kernel }: GntdevDevice,
  map: GrantMap,
  space: AddressSpace,
  { start, end }: MmapRequest,
): Failed | undefined {
  const page = 1n << BigInt(kernel.pageShift);
  for (let addr = start; addr < end; addr = virtAddr(addr + page)) {
    const entryAddress = space.leafEntryAddress(addr);
    if (entryAddress === null) return refuse('ENOMEM', 'no memory for page tables', { addr });
    const recorded = recordEntry(map, addr, entryAddress, kernel.pageShift);
    if (!recorded.ok) return recorded;
  }
  return undefined;
}

/**
 * gntdev_invalidate(): before entries of the map's range change, its grants there are handed back.
 * The zap that follows finds empty entries, and drops no page that it never counted.
 */
function notifierOf(
  device: GntdevDevice,
  map: GrantMap,
  start: VirtAddr,
  end: VirtAddr,
): RangeNotifier {
  const shift = BigInt(device.kernel.pageShift);
  return {
    start,
    end,
    invalidate(from, to) {
      if (start >= to || end <= from) return;
      const first = (from > start ? from : start) - start;
      const last = (to < end ? to : end) - start;
      unmapGrantPages(device, map, Number(first >> shift), Number((last - first) >> shift));
    },
  };
}

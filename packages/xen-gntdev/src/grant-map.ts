import { ok, type Pfn, type VirtAddr } from '@pagewright/core';
import type { AddressSpace, RangeNotifier } from './address-space.js';
import { type Outcome, refuse } from './errno.js';
import type { GrantRef } from './grant-table.js';

/** One grant of a map: what the driver tells the hypervisor about it. */
export interface GrantSlot {
  readonly ref: GrantRef;
  /** Machine address of the user's leaf entry (PV), once mmap has recorded it. */
  entryAddress: bigint | null;
  /** Handle of the mapping; null when it is not mapped. */
  handle: number | null;
  /** It was handed back once; that never happens twice. */
  beingRemoved: boolean;
}

/** A set of grants that is mapped together (struct gntdev_grant_map). */
export interface GrantMap {
  /** First page of its range in the file: what mmap must give as offset. */
  index: number;
  readonly count: number;
  /** GNTMAP_* that every request carries; 0 until the first mmap decides. */
  flags: number;
  /** Guest frames that stand for the grants; content comes from the other domain. */
  readonly pages: readonly Pfn[];
  readonly slots: readonly GrantSlot[];
  /** Where `pages` begins; VMAs may be split, this stays. */
  pagesVmStart: VirtAddr;
  /** A map can be mmapped once. */
  inUse: boolean;
  /** References: the file's, and one a VMA. */
  users: number;
  /** Where it is mapped, for a PV guest whose entries the hypervisor writes. */
  notified: { readonly space: AddressSpace; readonly notifier: RangeNotifier } | null;
}

/** gntdev_alloc_map(): a map without a place in a file yet. */
export function newGrantMap(refs: readonly GrantRef[], pages: readonly Pfn[]): GrantMap {
  return {
    index: 0,
    count: refs.length,
    flags: 0,
    pages,
    slots: refs.map((ref) => ({ ref, entryAddress: null, handle: null, beingRemoved: false })),
    pagesVmStart: 0n as VirtAddr,
    inUse: false,
    users: 1,
    notified: null,
  };
}

/** A number of pages as the driver keeps it, in an int: what is wider is cut. */
export const asInt = (pages: bigint): number => Number(BigInt.asIntN(32, pages));

/** Position in `pages` of an address. */
const slotIndex = (map: GrantMap, addr: VirtAddr, pageShift: number): number =>
  Number(BigInt.asUintN(64, addr - map.pagesVmStart) >> BigInt(pageShift));

/**
 * find_normal_page() (until rfc-2025-06/14 find_special_page()): the guest frame whose content the
 * entry at an address shows. Outside the map the kernel would read past its array: null here.
 */
export const pageAt = (map: GrantMap, addr: VirtAddr, pageShift: number): Pfn | null =>
  map.pages[slotIndex(map, addr, pageShift)] ?? null;

/** find_grant_ptes(): records where the entry of an address lies; BUG beyond the map's count. */
export function recordEntry(
  map: GrantMap,
  addr: VirtAddr,
  entryAddress: bigint,
  pageShift: number,
): Outcome<number> {
  const index = slotIndex(map, addr, pageShift);
  const slot = map.slots[index];
  if (slot === undefined) {
    return refuse('BUG', `find_grant_ptes(): entry ${index} of a map of ${map.count}`, {
      index,
      count: map.count,
    });
  }
  slot.entryAddress = entryAddress;
  return ok(index);
}

import { ok, type Vma } from '@pagewright/core';
import type { AddressSpace } from './address-space.js';
import type { GntdevDevice } from './device.js';
import { type Outcome, refuse } from './errno.js';
import { asInt, type GrantMap, newGrantMap } from './grant-map.js';
import { putMap } from './grant-pages.js';
import type { GrantRef } from './grant-table.js';
import { type GrantVma, type MmapRequest, mmapGrants } from './mmap.js';

/** Which parts of a caller's memory the kernel can reach. */
export interface CallerMemory {
  /** The structure that the ioctl is given. */
  readonly argument: boolean;
  /** The array of grants behind it. */
  readonly refs: boolean;
  /** The same structure, written with the answer. */
  readonly answer: boolean;
}

const REACHABLE: CallerMemory = { argument: true, refs: true, answer: true };
const fault = (what: string) => refuse('EFAULT', `${what} is not in the caller's memory`);

/** An open file of /dev/xen/gntdev (struct gntdev_priv). */
export class GntdevFile {
  private maps: GrantMap[] = [];

  constructor(readonly device: GntdevDevice) {}

  /** Maps that have an offset in the file, by offset. */
  get visibleMaps(): readonly GrantMap[] {
    return this.maps;
  }

  /**
   * IOCTL_GNTDEV_MAP_GRANT_REF: reserves a place in the file for the grants; answers its offset in
   * bytes, which mmap wants. `EINVAL` for no grant or more than the limit, `ENOMEM` without pages,
   * `EFAULT` for memory of the caller that cannot be reached.
   */
  mapGrantRef(refs: readonly GrantRef[], memory: CallerMemory = REACHABLE): Outcome<bigint> {
    const { allocatePages, limit, kernel } = this.device;
    const count = refs.length;
    if (!memory.argument) return fault('the request');
    if (count === 0 || count > limit) {
      return refuse('EINVAL', `${count} grants; from 1 to ${limit} can be mapped`, { count });
    }
    const pages = allocatePages(count);
    if (pages === null) return refuse('ENOMEM', `no ${count} pages to map grants at`, { count });
    if (!memory.refs) return fault('the list of grants');
    const map = newGrantMap(refs, pages);
    this.addMap(map);
    if (!memory.answer) {
      if (kernel.has('gntdev-takes-map-back')) this.dropMap(map);
      return fault('the answer');
    }
    return ok(this.offsetOf(map));
  }

  /**
   * IOCTL_GNTDEV_UNMAP_GRANT_REF: forgets the place in the file; a VMA keeps its map until it goes.
   * `ENOENT` when no map begins at the offset with that count (0: any), `EFAULT` as above.
   */
  unmapGrantRef(offset: bigint, count: number, memory = REACHABLE): Outcome<void> {
    if (!memory.argument) return fault('the request');
    const index = asInt(offset >> BigInt(this.device.kernel.pageShift));
    const map = this.findMap(index, count);
    if (map === undefined) {
      return refuse('ENOENT', `no map of ${count} grants at offset ${offset}`, { index, count });
    }
    this.dropMap(map);
    return ok(undefined);
  }

  /**
   * IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR with the VMA that find_vma() has for the address: the first one
   * that ends above it. `EINVAL` when that is none of this driver's, `EFAULT` as above.
   */
  getOffsetForVaddr(
    vma: Vma | GrantVma | undefined,
    memory = REACHABLE,
  ): Outcome<{ offset: bigint; count: number }> {
    if (!memory.argument) return fault('the request');
    if (vma === undefined || !('map' in vma)) {
      return refuse('EINVAL', 'no mapping of grants lies at the address');
    }
    if (!memory.answer) return fault('the answer');
    return ok({ offset: this.offsetOf(vma.map), count: vma.map.count });
  }

  /** mmap() of the file; see `mmapGrants`. */
  mmap(space: AddressSpace, request: MmapRequest): Outcome<GrantVma> {
    return mmapGrants(this.device, (index, count) => this.findMap(index, count), space, request);
  }

  /** gntdev_vma_open(): a VMA was split, or copied by fork. */
  openVma({ map }: GrantVma): void {
    map.users += 1;
  }

  /** gntdev_vma_close(): a VMA is gone. */
  closeVma({ map }: GrantVma): void {
    putMap(this.device, map);
  }

  /** gntdev_release(): the last user of the file closed it. */
  release(): void {
    for (const map of this.maps) putMap(this.device, map);
    this.maps = [];
  }

  private offsetOf(map: GrantMap): bigint {
    return BigInt(map.index) << BigInt(this.device.kernel.pageShift);
  }

  /** gntdev_add_map(): the first gap that is large enough, else behind all maps. */
  private addMap(map: GrantMap): void {
    const at = this.maps.findIndex((other) => {
      if (map.index + map.count < other.index) return true;
      map.index = other.index + other.count;
      return false;
    });
    this.maps.splice(at < 0 ? this.maps.length : at, 0, map);
  }

  private dropMap(map: GrantMap): void {
    this.maps = this.maps.filter((other) => other !== map);
    putMap(this.device, map);
  }

  private findMap(index: number, count: number): GrantMap | undefined {
    return this.maps.find((map) => map.index === index && (count === 0 || map.count === count));
  }
}

import { ok, type Result, VM_SHARED, VM_WRITE, virtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { MappedArea } from '../vma/vmas.js';
import type { Backing } from './backing.js';
import { XarrayValues } from './xarray-values.js';

/** How the swapped pages of shared memory are found for an area (smap_gather_stats()). */
export interface ShmemSwap {
  /** Bytes to add for the area as a whole. */
  readonly whole: number;
  /** Bytes behind a part of the area without pages; absent where the whole says it all. */
  readonly hole?: (start: bigint, end: bigint) => number;
}

/** Counts pages of shared memory that are swapped out. */
export class ShmemSwapUsage {
  private readonly values: XarrayValues;
  private readonly info;
  private readonly inodeAt: bigint;

  constructor(private readonly kernel: Kernel) {
    this.values = new XarrayValues(kernel);
    this.info = kernel.types.record('shmem_inode_info', { swapped: field.int('swapped') });
    this.inodeAt = BigInt(kernel.types.offset('shmem_inode_info.vfs_inode') ?? 0);
  }

  /** What to count for an area over shared memory. Codes: those of types and of reading. */
  of(area: MappedArea, backing: Backing): Result<ShmemSwap> {
    const whole = this.ofArea(area, backing);
    if (!whole.ok) return whole;
    const { flags } = area;
    const isPrivateWritable = (flags & VM_SHARED) === 0n && (flags & VM_WRITE) !== 0n;
    if (whole.value === 0 || !isPrivateWritable) return ok({ whole: whole.value });
    const shift = BigInt(this.kernel.form.definition.pageShift);
    const page = (address: bigint) => ((address - area.start) >> shift) + area.pgoff;
    const hole = (start: bigint, end: bigint) =>
      this.between(backing, page(start), page(end - 1n) + 1n);
    return ok({ whole: 0, hole });
  }

  /** shmem_swap_usage() (mm/shmem.c), in bytes. */
  private ofArea(area: MappedArea, backing: Backing): Result<number> {
    const at = virtAddr(BigInt.asUintN(64, backing.inode - this.inodeAt));
    const info = this.info.ok ? this.info.value.read(this.kernel.virtual, at) : this.info;
    if (!info.ok) return info;
    const { pageShift } = this.kernel.form.definition;
    const { swapped } = info.value;
    if (swapped === 0n) return ok(0);
    const size = area.end - area.start;
    if (area.pgoff === 0n && size >= backing.bytes) {
      return ok(Number(swapped << BigInt(pageShift)));
    }
    const last = area.pgoff + (size >> BigInt(pageShift));
    return ok(this.between(backing, area.pgoff, last));
  }

  /** shmem_partial_swap_usage(): a large entry counts whole wherever it is met. */
  private between({ pages }: Backing, first: bigint, end: bigint): number {
    let count = 0n;
    for (const { indices } of this.values.between(pages, first, end - 1n)) count += indices;
    return Number(count << BigInt(this.kernel.form.definition.pageShift));
  }
}

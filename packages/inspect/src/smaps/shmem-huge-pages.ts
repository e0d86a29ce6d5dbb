import { vmConstant } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { MappedArea } from '../vma/vmas.js';
import type { Backing } from './backing.js';
import { type HugePageSettings, SHMEM_HUGE } from './huge-page-settings.js';
import { highestFirst } from './orders.js';

/** Which huge pages shared memory allows in an area (mm/shmem.c, shmem_allowable_huge_orders()). */
export class ShmemHugePages {
  private readonly hugepage: bigint;
  private readonly mount;
  private readonly pmdOrders: bigint;

  constructor(
    private readonly kernel: Kernel,
    private readonly settings: HugePageSettings,
  ) {
    this.hugepage = vmConstant(kernel.form.definition, 'VM_HUGEPAGE') ?? 0n;
    this.mount = kernel.types.record('shmem_sb_info', { huge: field.number('huge') });
    const { pmdOrder, shmem, fileOrders } = settings;
    const pmd = 1n << BigInt(pmdOrder);
    this.pmdOrders = shmem === undefined ? pmd : pmd & fileOrders;
  }

  /** Orders as a set of bits; before kernels told orders apart, that of a pmd or none. */
  allowed(area: MappedArea, backing: Backing): bigint {
    const { shmem, shmemHuge, fileOrders } = this.settings;
    const isAdvised = (area.flags & this.hugepage) !== 0n;
    const byMount = this.byMount(area, backing, isAdvised);
    const anonOps = this.kernel.symbol('shmem_anon_vm_ops');
    if (shmem === undefined || area.opsAddress !== anonOps) return byMount;
    if (shmemHuge === SHMEM_HUGE.deny) return 0n;
    if (shmemHuge === SHMEM_HUGE.force) return shmem.inherit;
    let orders = shmem.always | this.withinSize(shmem.withinSize, area.pgoff, backing.bytes);
    if (isAdvised) orders |= shmem.onAdvice;
    if (byMount !== 0n) orders |= shmem.inherit;
    return orders & fileOrders;
  }

  /** shmem_huge_global_enabled(): the system's word, else the mount's. */
  private byMount(area: MappedArea, backing: Backing, isAdvised: boolean): bigint {
    const { shmemHuge } = this.settings;
    if (shmemHuge === SHMEM_HUGE.deny) return 0n;
    if (shmemHuge === SHMEM_HUGE.force) return this.pmdOrders;
    switch (this.hugeOption(backing)) {
      case SHMEM_HUGE.always:
        return this.pmdOrders;
      case SHMEM_HUGE.withinSize: {
        const within = this.withinSize(this.pmdOrders, area.pgoff, backing.bytes);
        return within === 0n && isAdvised ? this.pmdOrders : within;
      }
      case SHMEM_HUGE.advise:
        return isAdvised ? this.pmdOrders : 0n;
      default:
        return 0n;
    }
  }

  private hugeOption({ superBlockData }: Backing): number {
    const { mount, kernel } = this;
    const read = mount.ok ? mount.value.read(kernel.virtual, superBlockData) : mount;
    return read.ok ? read.value.huge : SHMEM_HUGE.never;
  }

  /** Orders from the highest whose page, the first after an index, lies in the file. */
  private withinSize(orders: bigint, index: bigint, bytes: bigint): bigint {
    const shift = BigInt(this.kernel.form.definition.pageShift);
    const filePages = (bytes + (1n << shift) - 1n) >> shift;
    for (const { order, upTo } of highestFirst(orders)) {
      const pages = 1n << BigInt(order);
      const end = (index / pages + 1n) * pages;
      if (filePages >= end) return upTo;
    }
    return 0n;
  }
}

import { type PhysAddr, virtAddr } from '@pagewright/core';
import { type StructPages, structPages } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';

/**
 * Tables of pmd entries that processes share, as hugetlb lets them (hugetlb_pmd_shared()): told by a
 * count of its own (6.13 on), else by the references to the table's page.
 */
export class SharedTables {
  private readonly structs: StructPages | undefined;
  private readonly countAt: number | undefined;
  private readonly least: number;

  constructor(private readonly kernel: Kernel) {
    const { types, virtual, vmcoreinfo } = kernel;
    const found = structPages(virtual, vmcoreinfo);
    this.structs = found.ok ? found.value : undefined;
    const shareCount = types.offset('ptdesc.pt_share_count');
    this.countAt = shareCount ?? types.offset('page._refcount');
    this.least = shareCount === undefined ? 2 : 1;
  }

  isShared(table: PhysAddr): boolean {
    const { virtual, form } = this.kernel;
    const struct = this.structs?.pageAddress(table >> BigInt(form.definition.pageShift));
    if (struct === undefined || this.countAt === undefined) return false;
    const count = virtual.u32(virtAddr(BigInt.asUintN(64, struct + BigInt(this.countAt))));
    return count.ok && (count.value | 0) >= this.least;
  }
}

import type { Bits, Pfn, VirtAddr, Vma } from '@pagewright/core';
import type { Errno } from './errno.js';

/** Told before entries of its range change (mmu_interval_notifier). */
export interface RangeNotifier {
  readonly start: VirtAddr;
  /** First address behind the range. */
  readonly end: VirtAddr;
  invalidate(start: VirtAddr, end: VirtAddr): void;
}

/** What the driver needs of the address space that maps it; whoever models one supplies it. */
export interface AddressSpace {
  /** Notifiers to call, in the order of their registration, before a range is zapped. */
  readonly notifiers: Set<RangeNotifier>;
  /** The leaf entry of an address; its table exists when `leafEntryAddress` answered. */
  readEntry(addr: VirtAddr): Bits;
  /** The hypervisor's write to that entry. */
  writeEntry(addr: VirtAddr, entry: Bits): void;
  /**
   * apply_to_page_range() over one page: machine address of its leaf entry, with tables made as
   * needed; null when there is no memory for them.
   */
  leafEntryAddress(addr: VirtAddr): bigint | null;
  /**
   * vm_map_pages_zero(): fills a VMA, whose flags are those that the driver has set, with ordinary
   * counted pages. `ENXIO` for a VMA of more pages than there are. The first error ends it; what was
   * mapped stays (SPEC 3.6, SPEC-7.2 3.18).
   */
  mapPages(vma: Pick<Vma, 'start' | 'end' | 'flags'>, pages: readonly Pfn[]): Errno | null;
}

import type { Bits, Pfn, VirtAddr } from '@pagewright/core';
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
   * vm_map_pages_zero(): maps the pages from `start` on as ordinary counted pages. The first error
   * ends it; what was mapped stays (SPEC 3.6, SPEC-7.2 3.18).
   */
  mapPages(start: VirtAddr, flags: bigint, pages: readonly Pfn[]): Errno | null;
}

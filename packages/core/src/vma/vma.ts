import type { Pfn, VirtAddr } from '../units.js';
import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from './flags.js';

/**
 * The part of `vm_operations_struct` that the decision asks. `findNormalPage` is the kernel's
 * find_special_page() / find_normal_page(): the page behind a special entry at an address, or null.
 */
export interface VmOps {
  readonly findNormalPage?: (addr: VirtAddr) => Pfn | null;
}

/** A `vm_area_struct`, as far as the meaning of its entries depends on it. */
export interface Vma {
  readonly start: VirtAddr;
  /** First address behind the VMA. */
  readonly end: VirtAddr;
  /** vm_flags, as the form of the kernel numbers them. */
  readonly flags: bigint;
  /** vm_pgoff, in pages: for a private VM_PFNMAP VMA the pfn that lies at `start`. */
  readonly pgoff: bigint;
  /** vm_ops; null for anonymous memory. */
  readonly ops: VmOps | null;
  /** What /proc/PID/maps calls it. */
  readonly name?: string;
}

/** is_cow_mapping(): private, and may become writable (include/linux/mm.h; SPEC 1.6). */
export const isCowMapping = (flags: bigint): boolean =>
  (flags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;

/** vma_is_anonymous(): no vm_ops. Shared anonymous memory is shmem and has some (SPEC 1.6). */
export const vmaIsAnonymous = (vma: Vma): boolean => vma.ops === null;

/** VM_PFNMAP or VM_MIXEDMAP: entries without a struct page are allowed. */
export const mayMapRawPfns = (flags: bigint): boolean => (flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0n;

/**
 * The pfn that remap_pfn_range() put at an address of a private VM_PFNMAP VMA: vm_pgoff holds the
 * first one, the others follow in order (mm/memory.c, vm_normal_page(); LIN in SPEC 2).
 */
export const linearPfn = (vma: Vma, addr: VirtAddr, pageShift: number): bigint =>
  BigInt.asUintN(64, vma.pgoff + (BigInt.asUintN(64, addr - vma.start) >> BigInt(pageShift)));

import {
  fail,
  hex,
  ok,
  type PhysAddr,
  physAddr,
  type Result,
  type VirtAddr,
} from '@pagewright/core';

/** Where UML's binary is linked on x86-64, and its physical memory begins (arch/x86/Makefile.um). */
export const LINKED_AT = 0x60000000n;
/** UML is a process: its symbols lie below the end of the host's user addresses. */
export const HOST_TASK_SIZE = 1n << 47n;

/**
 * Physical address behind a kernel address of UML: all its memory is one mapping of a file, from
 * `uml_physmem` on (arch/um/include/asm/page.h, `__pa`). Code `not-mapped` below it.
 */
export function umPhysical(address: VirtAddr, umlPhysmem: bigint = LINKED_AT): Result<PhysAddr> {
  return address >= umlPhysmem
    ? ok(physAddr(address - umlPhysmem))
    : fail('not-mapped', `${hex(address)} lies below UML's memory at ${hex(umlPhysmem)}`);
}

import { MASK64 } from '@pagewright/core';

/**
 * First frame of the part of a device's registers that a VMA asks for, or -1 where they end earlier
 * (vm_iomap_memory(), mm/memory.c; SPEC 3.11).
 *
 * @param start physical address of the registers
 * @param length in bytes
 * @param pgoff page of the registers with which the VMA begins
 * @param wanted pages of the VMA
 */
export function registerFrame(
  pageShift: number,
  start: bigint,
  length: bigint,
  pgoff: number,
  wanted: number,
): number {
  if (start + length > MASK64) return -1;
  const inPage = (1n << BigInt(pageShift)) - 1n;
  const bytes = length + (start & inPage);
  const pages = Number((bytes + inPage) >> BigInt(pageShift));
  if (pgoff > pages || wanted > pages - pgoff) return -1;
  return Number(start >> BigInt(pageShift)) + pgoff;
}

import type { Model } from '../model.js';
import { newVma, type VmaParts } from '../vma/address-space.js';
import { munmap } from '../vma/munmap.js';
import { opsOf } from '../vma/vma.js';

/**
 * mmap() of a device, or of a file whose driver has a say in it: makes the VMA and lets the driver
 * set it up. The VMA, or the driver's negative errno with the VMA gone again (mmap_region(),
 * mm/vma.c).
 */
export function mmapDevice(model: Model, mm: number, parts: VmaParts): number {
  const vma = newVma(model, mm, parts);
  const error = opsOf(model, vma)?.mmap?.(model, vma) ?? 0;
  if (error === 0) return vma;
  munmap(model, mm, parts.start, parts.end - parts.start);
  return error;
}

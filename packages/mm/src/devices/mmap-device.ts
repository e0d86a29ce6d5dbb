import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { newVma, type VmaParts } from '../vma/address-space.js';
import { munmap } from '../vma/munmap.js';
import { mmOf, opsOf } from '../vma/vma.js';

/**
 * mmap() of a device with the VMA's flags as they are given: makes the VMA and lets the driver set it
 * up. The VMA, or the driver's negative errno with the VMA gone again.
 */
export function mmapDevice(model: Model, mm: number, parts: VmaParts): number {
  const vma = newVma(model, mm, parts);
  const error = callMmap(model, vma);
  return error === 0 ? vma : error;
}

/**
 * call_mmap(): the file's driver has a say in a new VMA. 0, or its negative errno, and then the VMA
 * is gone (mmap_region(), mm/vma.c).
 */
export function callMmap(model: Model, vma: number): number {
  const { state } = model;
  const error = opsOf(model, vma)?.mmap?.(model, vma) ?? 0;
  if (error === 0) return 0;
  const start = state.get(Vma.start, vma);
  munmap(model, mmOf(model, vma), start, state.get(Vma.end, vma) - start);
  return error;
}

import { MASK64 } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { pageProtOf } from '../vma/vma.js';
import { remapPfnRange } from './remap-pfn-range.js';

/**
 * vm_iomap_memory(): maps the part of a device's registers that vm_pgoff says, all of the VMA.
 * -EINVAL when the registers end earlier, otherwise as `remapPfnRange` (mm/memory.c; SPEC 3.11).
 *
 * @param start physical address of the registers
 * @param length in bytes
 */
export function vmIomapMemory(model: Model, vma: number, start: bigint, length: bigint): number {
  const { state, machine } = model;
  const { pageShift } = machine.form.definition;
  if (start + length > MASK64) return ERRNO.EINVAL;
  const inPage = (1n << BigInt(pageShift)) - 1n;
  const bytes = length + (start & inPage);
  const pages = Number((bytes + inPage) >> BigInt(pageShift));
  const pgoff = state.get(Vma.pgoff, vma);
  const wanted = state.get(Vma.end, vma) - state.get(Vma.start, vma);
  if (pgoff > pages || wanted > pages - pgoff) return ERRNO.EINVAL;
  const pfn = Number(start >> BigInt(pageShift)) + pgoff;
  const first = state.get(Vma.start, vma);
  return remapPfnRange(model, vma, first, pfn, wanted, pageProtOf(model, vma));
}

import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { pageProtOf } from '../vma/vma.js';
import { registerFrame } from './registers.js';
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
  const first = state.get(Vma.start, vma);
  const wanted = state.get(Vma.end, vma) - first;
  const pfn = registerFrame(pageShift, start, length, state.get(Vma.pgoff, vma), wanted);
  if (pfn < 0) return ERRNO.EINVAL;
  return remapPfnRange(model, vma, first, pfn, wanted, pageProtOf(model, vma));
}

import { ERRNO } from '../errno.js';
import { remapPfnRange } from '../insert/remap-pfn-range.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import type { VmOps } from '../vm-ops.js';
import { pageProtOf } from '../vma/vma.js';

/**
 * mmap_mem(): /dev/mem shows physical memory from vm_pgoff on. 0; -EPERM for memory of the kernel's
 * own where CONFIG_STRICT_DEVMEM guards it; -EAGAIN when the frames cannot be mapped
 * (drivers/char/mem.c; SPEC 3.11).
 */
export function mmapMem(model: Model, vma: number): number {
  const { state } = model;
  const start = state.get(Vma.start, vma);
  const pages = state.get(Vma.end, vma) - start;
  const pfn = state.get(Vma.pgoff, vma);
  if (!isAllowed(model, pfn, pages)) return ERRNO.EPERM;
  const error = remapPfnRange(model, vma, start, pfn, pages, pageProtOf(model, vma));
  return error === 0 ? 0 : ERRNO.EAGAIN;
}

/** range_is_allowed(): devmem_is_allowed() refuses RAM. */
function isAllowed({ config, machine: { memory } }: Model, pfn: number, pages: number): boolean {
  if (!config.STRICT_DEVMEM) return true;
  for (let i = 0; i < pages; i++) {
    const frame = memory.frame(pfn + i);
    if (frame >= 0 && memory.zone(frame) !== 'device') return false;
  }
  return true;
}

/** mmap_mem_ops of /dev/mem: no handler, everything is mapped from the start. */
export const DEV_MEM_OPS: VmOps = { name: 'dev-mem', mmap: mmapMem };

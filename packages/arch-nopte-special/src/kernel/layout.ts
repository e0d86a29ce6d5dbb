import { type FindKernelLayout, fail, layoutOf, ok, virtAddr } from '@pagewright/core';
import { HOST_TASK_SIZE, LINKED_AT, umPhysical } from './um-physical.js';

/**
 * um: all memory is one mapping from uml_physmem on, the image at its start; only vmalloc's
 * addresses need the tables. Code `undecided` without a `SYMBOL(swapper_pg_dir)` in it.
 */
export const kernelLayout: FindKernelLayout = ({ form, vmcoreinfo }) => {
  const swapper = vmcoreinfo.symbol('swapper_pg_dir');
  const root = swapper === undefined ? undefined : umPhysical(virtAddr(swapper));
  if (root === undefined || !root.ok) {
    return fail('undecided', 'VMCOREINFO has no SYMBOL(swapper_pg_dir) in the memory of um');
  }
  const pageOffset = virtAddr(LINKED_AT);
  const memory = { name: 'physical memory', start: pageOffset, end: HOST_TASK_SIZE, physical: 0n };
  return ok(layoutOf({ form, root: root.value, runs: [memory], pageOffset }));
};

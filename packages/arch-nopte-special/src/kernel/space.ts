import {
  all,
  always,
  any,
  type KernelRegion,
  type KernelSpaceRules,
  virtAddr,
} from '@pagewright/core';
import { HOST_TASK_SIZE } from './um-physical.js';

/**
 * um: its memory is one mapping of the host's, which its own tables do not show. What they show lies
 * behind that memory: vmalloc, in which modules are as well (asm/pgtable.h, VMALLOC_START).
 */
export const kernelSpace: KernelSpaceRules = {
  regions: (_, layout): readonly KernelRegion[] =>
    layout.pageOffset === undefined
      ? []
      : [{ name: 'vmalloc', start: virtAddr(layout.pageOffset), end: HOST_TASK_SIZE }],
  // _PAGE_PROTNONE takes all rights; no bit forbids execution, so that nothing is said of it.
  leafRights: ({ mask }) => ({
    read: any(mask('_PAGE_PRESENT')),
    write: all(mask('_PAGE_PRESENT', '_PAGE_RW')),
  }),
  tableRights: () => ({ read: always(true), write: always(true) }),
};

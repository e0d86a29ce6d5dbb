import type { Supports } from '@pagewright/core';

/** None of the optional features exists on these architectures. */
export const supportsNothing: Supports = {
  softDirty: false,
  uffdWp: false,
  devmap: false,
  protnone: false,
  transparentHugepage: false,
  pudTransparentHugepage: false,
  thpMigration: false,
  gupFast: false,
  shadowStack: false,
  pgtableDeposit: false,
};

/** Flags of VMAs that need what these architectures lack are VM_NONE (include/linux/mm.h). */
export const lackingVmFlags: Readonly<Record<string, bigint>> = {
  VM_SOFTDIRTY: 0n,
  VM_UFFD_MINOR: 0n,
};

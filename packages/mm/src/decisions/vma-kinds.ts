import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import type { FileKindName } from '../files/file-kinds.js';
import type { VmOps } from '../vm-ops.js';

/** VM_READ and VM_MAYREAD, which every VMA of the recorded decisions has, and VM_MAYSHARE. */
export const READABLE = 0x11n;
export const VM_MAYSHARE = 0x80n;

/** VMAs of the recorded decisions by what they allow, as flags beside READABLE. */
export const VMA_KINDS = {
  private_writable: VM_WRITE | VM_MAYWRITE,
  private_readonly_maywrite: VM_MAYWRITE,
  private_never_writable: 0n,
  shared_writable: VM_SHARED | VM_MAYSHARE | VM_WRITE | VM_MAYWRITE,
  shared_writable_pfn_mkwrite_fsdax: VM_SHARED | VM_MAYSHARE | VM_WRITE | VM_MAYWRITE,
  shared_readonly_maywrite: VM_SHARED | VM_MAYSHARE | VM_MAYWRITE,
  shared_never_writable: VM_MAYSHARE,
} as const;

/** What a row calls `map`. */
export const MAP_KINDS = {
  none: 0n,
  MIXEDMAP: VM_MIXEDMAP,
  PFNMAP: VM_PFNMAP,
  both: VM_MIXEDMAP | VM_PFNMAP,
} as const;

/** vm_ops of the recorded decisions by their names; a machine of theirs knows them in this order. */
export const OPS_KINDS = [
  { name: 'ops_plain' },
  { name: 'page_mkwrite', pageMkwrite: () => 0 },
  { name: 'pfn_mkwrite', pfnMkwrite: () => 0 },
  { name: 'hook_null', findNormalPage: () => -1 },
  { name: 'hook_page', findNormalPage: ({ machine }) => machine.memory.framesOf('other')[0] ?? -1 },
] as const satisfies readonly VmOps[];
/** Name of a kind of vm_ops, or of none (anonymous memory). */
export type OpsKind = (typeof OPS_KINDS)[number]['name'] | 'no_ops';

/** Files of the recorded decisions, by the kinds that the model has. */
export const FILES = {
  none: undefined,
  plain: 'file_nowb',
  file_nowb: 'file_nowb',
  file_wb: 'file',
  fsdax: 'fsdax',
  devdax: 'devdax',
} as const satisfies Readonly<Record<string, FileKindName | undefined>>;

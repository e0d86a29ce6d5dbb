import type { MappingLevel } from '@pagewright/core';
import type { Entry } from './machine/entries.js';

/**
 * What the kernel says while it works.
 * - `vm-warn`: VM_WARN*(), printed by DEBUG_VM kernels alone; `warn`: WARN*(), always.
 * - `bad-page-map`: the report of SPEC 16.
 * - `note`: something that leaves no trace in the state, as a folio queued somewhere.
 * - `bug`: the kernel stopped here.
 */
export type ModelEvent =
  | { readonly kind: 'vm-warn' | 'warn' | 'bug' | 'note'; readonly id: string }
  | {
      readonly kind: 'bad-page-map';
      readonly level: MappingLevel;
      readonly vma: number;
      readonly vpn: number;
      readonly entry: Entry;
      /** The page whose mapcount went wrong, as frame number; -1 where the entry is to blame. */
      readonly frame: number;
    };

/**
 * Ends an operation where the kernel would stop (BUG); `run` turns it into an outcome. No Error: its
 * stack would cost more than the operation.
 */
export class KernelBug {
  constructor(readonly id: string) {}
}

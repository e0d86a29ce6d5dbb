import { type FormDefinition, protectionMap } from '@pagewright/core';
import type { Shape } from './shape.js';

/**
 * Named protections (arch/x86/include/asm/pgtable_types.h) and the map from VM_READ 1, VM_WRITE 2,
 * VM_EXEC 4, VM_SHARED 8 (arch/x86/mm/pgprot.c), on a processor with NX and without encryption.
 */
export function protections({
  m,
  savedDirty,
}: Shape): Pick<FormDefinition, 'protectionMap' | 'namedProtections'> {
  const user = (...more: string[]): bigint =>
    m('_PAGE_PRESENT', '_PAGE_USER', '_PAGE_ACCESSED', ...more);
  const none = m('_PAGE_PROTNONE', '_PAGE_ACCESSED');
  const readonly = user('_PAGE_NX');
  const readonlyExec = user();
  const shared = user('_PAGE_RW', '_PAGE_NX');
  const sharedExec = user('_PAGE_RW');

  const kernel = (...more: string[]): bigint =>
    m('_PAGE_PRESENT', '_PAGE_ACCESSED', '_PAGE_GLOBAL', ...more);
  const writable = (...more: string[]): bigint => kernel('_PAGE_RW', '_PAGE_DIRTY', ...more);
  const data = writable('_PAGE_NX');
  const text = writable();
  const uncached = writable('_PAGE_NX', '_PAGE_PWT', '_PAGE_PCD');
  // Read-only and dirty would be a shadow stack, so these lost the dirty bit in 6.6.
  const readable = (...more: string[]): bigint =>
    savedDirty ? kernel(...more) : kernel('_PAGE_DIRTY', ...more);

  return {
    protectionMap: protectionMap({ none, readonly, readonlyExec, shared, sharedExec }),
    namedProtections: {
      PAGE_NONE: none,
      PAGE_READONLY: readonly,
      PAGE_READONLY_EXEC: readonlyExec,
      PAGE_COPY: readonly,
      PAGE_COPY_NOEXEC: readonly,
      PAGE_COPY_EXEC: readonlyExec,
      PAGE_SHARED: shared,
      PAGE_SHARED_EXEC: sharedExec,
      PAGE_KERNEL: data,
      PAGE_KERNEL_NOENC: data,
      PAGE_KERNEL_RO: readable('_PAGE_NX'),
      PAGE_KERNEL_ROX: readable(),
      PAGE_KERNEL_EXEC: text,
      PAGE_KERNEL_EXEC_NOENC: text,
      PAGE_KERNEL_NOCACHE: uncached,
      PAGE_KERNEL_LARGE: data | m('_PAGE_PSE'),
      PAGE_KERNEL_LARGE_EXEC: text | m('_PAGE_PSE'),
      PAGE_KERNEL_VVAR: readable('_PAGE_USER', '_PAGE_NX'),
      PAGE_KERNEL_IO: data,
      PAGE_KERNEL_IO_NOCACHE: uncached,
      PAGE_AGP: uncached,
    },
  };
}

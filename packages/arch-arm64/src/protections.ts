import { protectionMap } from '@pagewright/core';
import { MEMORY_TYPES } from './bits.js';
import { fieldValue, presentInvalidMask, type Shape, typeMask } from './shape.js';

/** Named protections of a form, and the 16 that vm_get_page_prot() chooses from. */
export interface Protections {
  readonly named: Readonly<Record<string, bigint>>;
  readonly map: readonly bigint[];
}

/**
 * Protections (asm/pgtable-prot.h) for a machine without EPAN, BTI and kernel page-table isolation:
 * there execute-only mappings are readable, PTE_MAYBE_GP and PTE_MAYBE_NG are 0.
 */
export function protections(shape: Shape): Protections {
  const { m, headers, bits } = shape;
  const has = (name: string): bigint => (bits.some((f) => f.name === name) ? m(name) : 0n);
  const common =
    typeMask(m) |
    m('PTE_AF') |
    has('PTE_SHARED') |
    fieldValue(m('PTE_ATTRINDX'), MEMORY_TYPES.MT_NORMAL);
  const noExecute = m('PTE_PXN', 'PTE_UXN');
  const user = common | m('PTE_USER', 'PTE_NG', 'PTE_PXN', 'PTE_RDONLY');
  const shared = user | m('PTE_WRITE');
  const kernel = common | m('PTE_UXN', 'PTE_DIRTY');
  const PAGE_READONLY_EXEC = user;
  const PAGE_READONLY = user | m('PTE_UXN');
  // Writable shared mappings start clean, hence PTE_RDONLY beside PTE_WRITE.
  const PAGE_SHARED_EXEC = shared;
  const PAGE_SHARED = shared | m('PTE_UXN');
  const PAGE_NONE =
    (common & ~m('PTE_VALID')) | m('PTE_NG', 'PTE_RDONLY') | noExecute | presentInvalidMask(shape);
  const named = {
    PAGE_NONE,
    PAGE_READONLY,
    PAGE_READONLY_EXEC,
    PAGE_SHARED,
    PAGE_SHARED_EXEC,
    PAGE_EXECONLY: common | m('PTE_NG', 'PTE_PXN', 'PTE_RDONLY'),
    PAGE_KERNEL: kernel | m('PTE_PXN', 'PTE_WRITE'),
    PAGE_KERNEL_RO: kernel | m('PTE_PXN', 'PTE_RDONLY'),
    PAGE_KERNEL_ROX: kernel | m('PTE_RDONLY'),
    PAGE_KERNEL_EXEC: kernel | m('PTE_WRITE'),
    PAGE_KERNEL_EXEC_CONT: kernel | m('PTE_WRITE', 'PTE_CONT'),
  };
  const stacks = {
    _PAGE_GCS: common | m('PTE_NG', 'PTE_UXN', 'PTE_WRITE', 'PTE_USER'),
    _PAGE_GCS_RO: common | m('PTE_NG', 'PTE_UXN', 'PTE_USER'),
  };
  return {
    named: headers === '7.2' ? { ...named, ...stacks } : named,
    map: protectionMap({
      none: PAGE_NONE,
      readonly: PAGE_READONLY,
      readonlyExec: PAGE_READONLY_EXEC,
      shared: PAGE_SHARED,
      sharedExec: PAGE_SHARED_EXEC,
    }),
  };
}

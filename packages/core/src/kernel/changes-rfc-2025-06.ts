import type { ChangeLinks } from './change.js';

/**
 * RFC-SERIES of 2025-06-17, "vm_normal_page*() + CoW PFNMAP improvements", patch by patch and in
 * order (SPEC 2.10, 2.11, SERIES.md). Several of them are part of v6.18 as well (SPEC 2.12).
 */
export const RFC_2025_06_CHANGES = {
  'drop-bound-check': {},
  'drop-highest-memmap-pfn': {
    requires: ['drop-bound-check'],
  },
  'compare-only-present': {
    requires: ['insert-page-mkwrite'],
  },
  'insert-pmd-owns-lock': {
    requires: ['insert-folio-pmd'],
  },
  'insert-pud-owns-lock': {
    requires: ['insert-folio-pud'],
  },
  'huge-zero-by-insert-folio': {
    requires: ['insert-folio-pmd', 'insert-pmd-owns-lock'],
  },
  'dax-huge-zero-by-insert-folio': {
    requires: ['huge-zero-by-insert-folio'],
  },
  'huge-zero-pmd-special': {
    requires: ['huge-pfnmap', 'huge-zero-by-insert-folio'],
  },
  'is-huge-zero-pfn': {},
  'common-normal-page': {
    requires: ['huge-pfnmap', 'is-huge-zero-pfn', 'pxx-devmap-removed', 'zeropage-support'],
  },
  'drop-linear-cow-rule': {
    requires: ['common-normal-page'],
  },
  'drop-pmd-addr-parameter': {
    requires: ['drop-linear-cow-rule'],
  },
  'normal-page-pud': {
    requires: ['common-normal-page'],
  },
  'find-normal-page': {},
} as const satisfies Readonly<Record<string, ChangeLinks>>;

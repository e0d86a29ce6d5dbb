import type { ChangeLinks } from './change.js';

/**
 * DAX-SERIES v6, patch by patch and in order, a patch of several switches (SPEC 23.2) as several
 * changes.
 */
export const DAX_V6_CHANGES = {
  'fuse-dax-whole-file': {},
  'dax-scan-without-vma': {},
  'dax-scan-waits-for-locked': {},
  'dax-wait-on-page': {},
  'dax-break-mapping': {
    requires: ['dax-wait-on-page'],
  },
  'dax-break-removes-entries': {
    requires: ['dax-break-mapping'],
  },
  'dax-eviction-waits': {
    requires: ['dax-break-removes-entries'],
  },
  'dax-shared-by-count': {},
  'gup-drops-p2pdma-check': {},
  'p2pdma-starts-at-zero': {},
  'pgmap-per-folio': {},
  'insert-page-mkwrite': {},
  'vmf-insert-page-mkwrite': {
    requires: ['insert-page-mkwrite'],
  },
  'rmap-pud': {},
  'insert-folio-pud': {
    requires: ['rmap-pud'],
  },
  'dax-pud-zap-counted': {
    requires: ['rmap-pud'],
  },
  'huge-zero-zap-keeps-table': {},
  'insert-folio-pmd': {},
  'dax-page-predicates': {},
  'fsdax-not-longterm': {},
  'clear-refs-dax-unpinned': {},
  'mlock-skips-device-pmd': {},
  'dax-pmd-zap-counted': {},
  'fsdax-refcounted': {
    requires: ['insert-folio-pmd', 'vmf-insert-page-mkwrite', 'dax-pmd-zap-counted'],
  },
  'devdax-refcounted': {
    requires: ['insert-folio-pud', 'fsdax-refcounted', 'dax-pud-zap-counted'],
  },
  'pxx-devmap-removed': {
    requires: ['devdax-refcounted'],
  },
  'devmap-bit-removed': {
    requires: ['pxx-devmap-removed'],
  },
  'riscv-devmap-removed': {
    requires: ['pxx-devmap-removed'],
  },
  'loongarch-devmap-removed': {
    requires: ['pxx-devmap-removed'],
  },
} as const satisfies Readonly<Record<string, ChangeLinks>>;

/** What the form that was merged has, and v6 had not (SPEC 23.1, 23.3). */
export const DAX_MERGED_CHANGES = {
  'dax-break-result-set': {
    requires: ['dax-break-mapping'],
  },
  'xfs-break-error-returned': {
    requires: ['dax-break-mapping'],
  },
  'dax-eviction-without-locks': {
    requires: ['dax-eviction-waits'],
  },
  'fuse-eviction-waits': {
    requires: ['dax-eviction-waits'],
  },
  'dax-share-word-or-mapping': {
    requires: ['dax-shared-by-count'],
  },
  'migrate-vma-tests-page': {
    requires: ['pgmap-per-folio'],
  },
  'mkwrite-in-fresh-entry': {
    requires: ['insert-page-mkwrite'],
  },
  'page-mkwrite-checks-range-alone': {
    requires: ['vmf-insert-page-mkwrite'],
  },
  'deposited-table-kept': {
    requires: ['insert-folio-pmd'],
  },
  'virtiofs-wakes-waiters': {
    requires: ['fsdax-refcounted'],
  },
  'dax-zero-entries-left-alone': {
    requires: ['fsdax-refcounted'],
  },
  'dax-scan-same-entry': {
    requires: ['dax-scan-waits-for-locked'],
  },
  'dax-leaf-not-special': {
    requires: ['insert-folio-pmd', 'insert-folio-pud'],
  },
  'huge-pfn-needs-pfnmap': {
    requires: ['pxx-devmap-removed'],
  },
  'pfn-t-removed': {
    requires: ['pxx-devmap-removed'],
  },
  'folio-walk-finds-devdax-pud': {
    requires: ['pxx-devmap-removed', 'folio-walk'],
  },
  'fs-dax-limited-removed': {},
} as const satisfies Readonly<Record<string, ChangeLinks>>;

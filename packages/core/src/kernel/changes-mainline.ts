import type { ChangeLinks } from './change.js';

/*
 * What distinguishes the released revisions from each other beside the series, in the order in
 * which it came (SPEC 20, 22; SPEC-7.2), and what each needs. What a group holds, its revision has.
 */

type Links = Readonly<Record<string, ChangeLinks>>;

/** In 6.1.192 or 6.12.117 as stable backports, not in the releases after them. */
export const BACKPORTED_CHANGES = {
  'remap-cleans-up': {},
  'zap-pmd-dirties-folio': {},
  'p2pmem-failure-drops-user': {},
} as const satisfies Links;

/** 5.18 to 6.1, in order of release; RMAP-LOG stands in changes-rmap-log.ts. */
export const CHANGES_TO_6_1 = {
  'fork-copies-watched-vmas': {},
  'pte-markers': {},
  'unuse-keeps-marks': {},
  'wp-huge-pud-splits': {},
  'force-write-needs-exclusive': {
    requires: ['anon-exclusive'],
  },
  'copy-survives-poison': {},
  'private-write-upgrade': {
    requires: ['anon-exclusive'],
  },
  'smaps-absent-not-aged': {},
  'gup-refuses-hugetlb-force': {},
  'share-barriers': {
    requires: ['anon-exclusive'],
  },
  'migration-keeps-age': {},
  'pagemap-pmd-of-file': {},
  'zeropage-not-pinned': {},
  'huge-zero-split-keeps-uffd-wp': {},
  'migration-pmd-keeps-uffd-wp': {},
} as const satisfies Links;

/** 6.1 to 6.9. */
export const CHANGES_TO_6_9 = {
  'split-keeps-dirty': {},
  'longterm-breaks-cow': {},
  'migration-batches-flushes': {},
  'file-write-pin-refused': {},
  'shadow-stack-vma': {},
  'p2pdma-refused': {},
  'manual-write-upgrade': {},
  'rmap-by-level': {},
  'smaps-walks-pfnmap': {},
  'smaps-shares-absent': {},
  'ksm-marks-zeropages': {},
  'fork-batches': {},
  'recency-by-both-hints': {},
} as const satisfies Links;

/** 6.9 to 6.12; the zeropage series stands in changes-zeropage.ts. */
export const CHANGES_TO_6_12 = {
  'fork-survives-poison': {},
  'huge-pfnmap': {},
  'folio-walk': {},
  'gup-grabs-folios': {},
  'gup-refuses-hugetlb-split': {},
  'gup-fast-checks-secretmem-folio': {},
  'swap-in-maps-writable': {},
  'gntdev-clears-maywrite': {},
  'new-anon-rmap-flags': {},
  'rmap-counts-by-owner': {},
  'deferred-split-partly-mapped': {},
  'swap-free-reports-nothing': {},
  'migration-uses-zeropage': {
    requires: ['zeropage-support'],
  },
} as const satisfies Links;

/** 6.12 to 6.14-rc1: what DAX-SERIES was posted on. */
export const CHANGES_TO_6_14 = {
  'guard-markers': {},
  'huge-zero-replaced-on-write': {},
  'follow-write-common': {},
  'dontneed-frees-tables': {},
} as const satisfies Links;

/** 6.14 to 6.17; the DAX series stands in changes-dax-v6.ts. */
export const CHANGES_TO_6_17 = {
  'pagemap-first-page-decides': {},
  'dirty-folio-mapped-dirty': {},
  'mm-ids': {
    requires: ['large-mapcount'],
  },
  'pincount-by-order': {},
  'one-device-exclusive-type': {},
  'anon-vma-refcount-check': {},
  'merge-into-unfaulted': {},
  'lazyfree-kept-if-dirty': {},
  'huge-zero-overwrites': {},
  'mmap-prepare-in-report': {},
  'mprotect-batches': {},
  'zap-pmd-marks-accessed': {},
  'shared-pin-warns': {},
} as const satisfies Links;

/** 6.17 to 6.18; the patches that it shares with the RFC stand in changes-rfc-2025-06.ts. */
export const CHANGES_TO_6_18 = {
  'fork-keeps-huge-zero': {
    requires: ['huge-zero-pmd-special'],
  },
  'bad-page-map-report': {},
  'normal-page-by-level': {
    requires: ['common-normal-page', 'bad-page-map-report'],
    replaces: ['drop-bound-check', 'drop-highest-memmap-pfn'],
  },
  'slab-is-page-type': {},
  'persistent-huge-zero': {},
  'pgtable-level-enum': {},
  'pagemap-none-unwritten': {},
} as const satisfies Links;

/** The stable fixes of 2026. */
export const CHANGES_OF_6_18_Y = {
  'special-per-level': {
    requires: ['normal-page-by-level'],
  },
  'device-zap-checks-folio': {},
  'p2pmem-failure-resets-count': {
    requires: ['p2pdma-starts-at-zero'],
  },
  'p2pmem-warns-of-references': {
    requires: ['p2pdma-starts-at-zero'],
  },
} as const satisfies Links;

/** 6.18 to 7.2. */
export const CHANGES_TO_7_2 = {
  'zap-pmd-by-normal-page': {
    requires: ['special-per-level'],
  },
  'special-huge-without-file': {},
  'fork-by-destination-flags': {},
  'device-private-pmd': {},
  'anon-vma-reuse-in-fork-only': {
    requires: ['anon-vma-counters'],
  },
  'anon-walks-hold-folio-lock': {},
  'folio-walk-without-migration': {
    requires: ['folio-walk'],
  },
  'remap-sets-flags-first': {},
  'insert-pages-warns': {},
  'special-zap-takes-mixedmap': {},
  'numa-filter-shared': {},
  'sticky-vma-flags': {},
  'swap-in-always-cached': {},
  'pagemap-none-written': {
    requires: ['pagemap-none-unwritten'],
  },
  'gntdev-takes-map-back': {},
  'huge-zero-underflow-warns': {},
  'dax-folio-put-clears-word': {
    requires: ['fsdax-refcounted'],
  },
} as const satisfies Links;

/** All of them. */
export const MAINLINE_CHANGES = {
  ...BACKPORTED_CHANGES,
  ...CHANGES_TO_6_1,
  ...CHANGES_TO_6_9,
  ...CHANGES_TO_6_12,
  ...CHANGES_TO_6_14,
  ...CHANGES_TO_6_17,
  ...CHANGES_TO_6_18,
  ...CHANGES_OF_6_18_Y,
  ...CHANGES_TO_7_2,
} as const;

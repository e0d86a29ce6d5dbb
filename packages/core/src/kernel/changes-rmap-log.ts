import type { ChangeLinks } from './change.js';

/**
 * RMAP-LOG, the ten commits to include/linux/rmap.h of v5.19 and v6.0 in order, and what they need
 * from commits around them (SPEC 24.0, 24.12).
 */
export const RMAP_LOG_CHANGES = {
  'pfn-mkclean-range': {},
  'split-page-dup-rmap': {},
  'rmap-flags-type': {},
  'drop-do-page-add-anon-rmap': {
    requires: ['rmap-flags-type'],
  },
  'hugepage-add-anon-rmap-flags': {
    requires: ['rmap-flags-type'],
  },
  'new-anon-rmap-asks-page': {},
  'anon-exclusive': {
    requires: ['split-page-dup-rmap', 'hugepage-add-anon-rmap-flags', 'reuse-moves-rmap'],
  },
  'rmap-try-lock': {},
  'page-vma-walk-parameter': {},
  'anon-vma-counters': {},
} as const satisfies Readonly<Record<string, ChangeLinks>>;

/** The companions c1, c2, c6, c7a and c7b of SPEC 24.0, by that name. */
export const RMAP_LOG_COMPANIONS = {
  c1: 'dax-writeback-mkclean',
  c2: 'hugetlb-fork-in-sequence',
  c6: 'reuse-moves-rmap',
  c7a: 'unshare-fault',
  c7b: 'swap-entries-keep-exclusive',
} as const;

/** How the companions depend on the commits. */
export const RMAP_LOG_COMPANION_CHANGES = {
  'dax-writeback-mkclean': {
    requires: ['pfn-mkclean-range'],
  },
  'hugetlb-fork-in-sequence': {},
  'reuse-moves-rmap': {},
  'unshare-fault': {
    requires: ['anon-exclusive'],
  },
  'swap-entries-keep-exclusive': {
    requires: ['anon-exclusive'],
  },
} as const satisfies Readonly<Record<string, ChangeLinks>>;

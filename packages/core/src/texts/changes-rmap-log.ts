import type { RMAP_LOG_CHANGES, RMAP_LOG_COMPANION_CHANGES } from '../kernel/changes-rmap-log.js';
import type { ChangeText } from './change-text.js';

/** What the commits of RMAP-LOG do, titles and ids as in SERIES.md (SPEC 24.12). */
export const RMAP_LOG_TEXTS: Readonly<Record<keyof typeof RMAP_LOG_CHANGES, ChangeText>> = {
  'pfn-mkclean-range': {
    subject: 'mm: rmap: introduce pfn_mkclean_range() to cleans PTEs',
    commit: '6a8e0596f004',
    source: 'SPEC 24.12 row 1, 9.12',
    effect:
      'pfn_mkclean_range() exists: it cleans and write-protects every entry of a run of frames in the shared VMAs of a file; nothing calls it yet.',
  },
  'split-page-dup-rmap': {
    subject:
      'mm/rmap: split page_dup_rmap() into page_dup_file_rmap() and page_try_dup_anon_rmap()',
    commit: 'fb3d824d1a46',
    source: 'SPEC 24.12 row 2, 24.4, 15.56 to 15.58',
    effect:
      'fork asks for pins of anonymous pages alone, after taking its reference: a pinned file page or PUD is shared, and a small page looks pinned from 1023 references on.',
  },
  'rmap-flags-type': {
    subject: 'mm/rmap: convert RMAP flags to a proper distinct rmap_t type',
    commit: '14f9135d5470',
    source: 'SPEC 24.12 row 3',
    effect: 'The flags get a type of their own; their values stay 0, 1 and 2.',
    unobservable: true,
  },
  'drop-do-page-add-anon-rmap': {
    subject: 'mm/rmap: remove do_page_add_anon_rmap()',
    commit: 'f1e2db12e45b',
    source: 'SPEC 24.12 row 4',
    effect: 'Flags take the place of a bool; swap-in alone passes RMAP_EXCLUSIVE, as before.',
    unobservable: true,
  },
  'hugepage-add-anon-rmap-flags': {
    subject: 'mm/rmap: pass rmap flags to hugepage_add_anon_rmap()',
    commit: '28c5209dfd5f',
    source: 'SPEC 24.12 row 5',
    effect: 'The hugetlb function takes flags that no caller sets yet.',
    unobservable: true,
    inferred: true,
  },
  'new-anon-rmap-asks-page': {
    subject: 'mm/rmap: drop "compound" parameter from page_add_new_anon_rmap()',
    commit: '40f2bbf71161',
    source: 'SPEC 24.12 row 6, 15.72',
    effect:
      'The page says whether it is mapped as compound: a THP head passed as a small page is counted as a PMD mapping and no BUG any more.',
  },
  'anon-exclusive': {
    subject: 'mm: remember exclusively mapped anonymous pages with PG_anon_exclusive',
    commit: '6c287605fd56',
    source: 'SPEC 24.12 row 7, 24.2 to 24.9, 15.50 to 15.64',
    effect:
      'A bit of the page says that one process alone maps it: a write fault reuses it whatever references there are; KSM, swap-out and migration clear the bit first and give up on pinned pages.',
    inferred: true,
  },
  'rmap-try-lock': {
    subject: "mm: don't be stuck to rmap lock on reclaim path",
    commit: '6d4675e60135',
    source: 'SPEC 24.12 row 8, 24.13, 15.66 to 15.68',
    effect:
      'Aging in reclaim does not wait for a rmap lock: it answers -1, inactive folios go back to their list and active ones are deactivated.',
  },
  'page-vma-walk-parameter': {
    subject: 'mm: rmap: use the correct parameter name for DEFINE_PAGE_VMA_WALK',
    commit: '507db7927cd1',
    source: 'SPEC 24.12 row 9',
    effect: 'The only caller passed a variable of the very name that the macro used by mistake.',
    unobservable: true,
  },
  'anon-vma-counters': {
    subject: 'mm/rmap: Fix anon_vma->degree ambiguity leading to double-reuse',
    commit: '2555283eb40d',
    source: 'SPEC 24.12 row 10, 24.11, 9.10, 15.69, 15.70',
    effect:
      'anon_vma counts children and active VMAs apart, where one `degree` counted both: fork adopts none that a VMA still uses.',
  },
};

/** What their companions do (SPEC 24.0). */
export const RMAP_LOG_COMPANION_TEXTS: Readonly<
  Record<keyof typeof RMAP_LOG_COMPANION_CHANGES, ChangeText>
> = {
  'dax-writeback-mkclean': {
    source: 'SPEC 24.0 c1, 24.12 row 1+c1, 15.71',
    effect:
      'fsync of DAX cleans every PTE and PMD of an entry in every VMA, where it looked at the first index alone; page_vma_mapped_walk() knows devmap PMDs.',
  },
  'hugetlb-fork-in-sequence': {
    source: 'SPEC 24.0 c2',
    effect:
      'fork of hugetlb opens write_protect_seq; try_to_unmap() gives the swap count back when arch_unmap_one() fails (sparc alone).',
    inferred: true,
  },
  'reuse-moves-rmap': {
    source: 'SPEC 24.0 c6, 24.2',
    effect: 'A write fault that reuses a page moves it to the anon_vma of its VMA, at PTE and PMD.',
  },
  'unshare-fault': {
    source: 'SPEC 24.0 c7a, 24.8, 15.54',
    effect:
      'A read pin of a shared anonymous page unshares it first: -EMLINK and FAULT_FLAG_UNSHARE; unpinning checks what it unpins.',
  },
  'swap-entries-keep-exclusive': {
    source: 'SPEC 24.0 c7b, 24.3, 15.62',
    effect:
      'Swap entries remember that their page was exclusive on x86, arm64, s390 and powerpc book3s64; a PMD that cannot be shared answers -EBUSY.',
  },
};

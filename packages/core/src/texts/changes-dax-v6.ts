import type { DAX_MERGED_CHANGES, DAX_V6_CHANGES } from '../kernel/changes-dax-v6.js';
import type { ChangeText } from './change-text.js';

/** What the patches of DAX-SERIES v6 do, titles as in SERIES.md (SPEC 23.2, 23.3). */
export const DAX_V6_TEXTS: Readonly<Record<keyof typeof DAX_V6_CHANGES, ChangeText>> = {
  'fuse-dax-whole-file': {
    subject: 'fuse: Fix dax truncate/punch_hole fault path',
    source: 'SPEC 23.3 item 1, 23.2 fuse_break_end, 15.17',
    effect:
      'virtiofs waits for busy pages of the whole file, not of index 0 alone (stable backport in 6.12.117).',
  },
  'dax-scan-without-vma': {
    subject: 'fs/dax: Return unmapped busy pages from dax_layout_busy_page_range()',
    source: 'SPEC 23.3 item 2, 23.2 scan_needs_vma, 15.18',
    effect: 'Busy pages are looked for in a file that no VMA maps too.',
  },
  'dax-scan-waits-for-locked': {
    subject: "fs/dax: Don't skip locked entries when scanning entries",
    source: 'SPEC 23.3 item 3, 23.2 locked_entry, 15.19',
    claim: 'The next present entry was returned in place of a locked one (the code skipped it).',
    effect:
      'A scan waits for a locked entry, then examines the next index: neither waited nor examined before.',
  },
  'dax-wait-on-page': {
    subject: 'fs/dax: Refactor wait for dax idle page',
    source: 'SPEC 23.3 item 4, 23.2 wait_key, 15.20',
    claim: 'A helper for what each file system wrote out.',
    effect:
      'Waiters sleep on the page, while the last reference drop still wakes its reference count: nobody wakes them until patch 21.',
  },
  'dax-break-mapping': {
    subject: 'fs/dax: Create a common implementation to break DAX layouts',
    source: 'SPEC 23.3 item 5, 23.2 break_ret and xfs_break_err, 15.21',
    effect:
      'One loop breaks layouts for all file systems; in v6 its answer is unset when the first scan finds nothing, and XFS forgets its errors.',
  },
  'dax-break-removes-entries': {
    subject: 'fs/dax: Always remove DAX page-cache entries when breaking layouts',
    source: 'SPEC 23.3 item 6, 23.2 entries_removed_by, 15.22, 15.23',
    effect: 'Breaking a layout deletes the entries; truncation warns when it meets one.',
    inferred: true,
  },
  'dax-eviction-waits': {
    subject: 'fs/dax: Ensure all pages are idle prior to filesystem unmount',
    source: 'SPEC 23.3 item 7, 23.2 evict_waits, 15.24',
    effect: 'Unmounting ext4 and XFS waits, uninterruptible, until no page is busy.',
  },
  'dax-shared-by-count': {
    subject: 'fs/dax: Remove PAGE_MAPPING_DAX_SHARED mapping flag',
    source: 'SPEC 23.3 item 8, 23.2 share_code, 15.25, 15.26',
    effect:
      'A shared page has no mapping and a count, where a marker stood; v6 counts wrong for the first sharer at index 0 and for a third.',
    inferred: true,
  },
  'gup-drops-p2pdma-check': {
    subject: 'mm/gup: Remove redundant check for PCI P2PDMA page',
    source: 'SPEC 23.3 item 9',
    effect: 'Peer-to-peer DMA pages are never in devmap entries, and the grab repeats the test.',
    unobservable: true,
  },
  'p2pdma-starts-at-zero': {
    subject: 'mm/mm_init: Move p2pdma page refcount initialisation to p2pdma',
    source: 'SPEC 23.3 item 10, 23.2 p2p_init_rc, 15.27',
    effect: 'Pages of a peer-to-peer DMA pool have no reference while free, where they had one.',
  },
  'pgmap-per-folio': {
    subject: 'mm: Allow compound zone device pages',
    source: 'SPEC 23.3 item 11, 15.28',
    effect:
      'The device page map is asked of the head page; in v6 migrate_vma_setup() asks before it has tested for a page.',
  },
  'insert-page-mkwrite': {
    subject: 'mm/memory: Enhance insert_page_into_pte_locked() to create writable mappings',
    source: 'SPEC 23.3 item 12, 23.2 insert_mkwrite, 3.3',
    effect: 'insert_page() honours mkwrite for an entry that is there; in v6 not for a fresh one.',
  },
  'vmf-insert-page-mkwrite': {
    subject: 'mm/memory: Add vmf_insert_page_mkwrite()',
    source: 'SPEC 23.3 item 13, 3.7',
    effect: 'vmf_insert_page_mkwrite() exists; v6 refuses more there than the merged form.',
  },
  'rmap-pud': {
    subject: 'rmap: Add support for PUD sized mappings to rmap',
    source: 'SPEC 23.3 item 14, 9.1 to 9.4',
    effect: 'PUD leaves of folios can be counted in the rmap.',
  },
  'insert-folio-pud': {
    subject: 'huge_memory: Add vmf_insert_folio_pud()',
    source: 'SPEC 23.3 item 15, 3.14',
    effect: 'vmf_insert_folio_pud() exists.',
  },
  'dax-pud-zap-counted': {
    source: 'SPEC 23.3 item 15, 23.2 pud_dax_zap, 15.30',
    effect:
      'Zapping or splitting a DAX PUD takes mapcount, counter and reference off, whether they were counted or not.',
  },
  'huge-zero-zap-keeps-table': {
    source: 'SPEC 23.3 item 15, 23.2 hz_zap_deposit_dax, 10.6',
    effect:
      'Zapping a huge zero PMD of a DAX VMA withdraws a page table only where the architecture deposits one.',
  },
  'insert-folio-pmd': {
    subject: 'huge_memory: Add vmf_insert_folio_pmd()',
    source: 'SPEC 23.3 item 16, 23.2 ppc_deposit, 3.14, 15.31, 15.32',
    effect:
      'vmf_insert_folio_pmd() exists; in v6 a caller frees the page table that it has just deposited.',
  },
  'dax-page-predicates': {
    subject: 'memremap: Add is_devdax_page() and is_fsdax_page() helpers',
    source: 'SPEC 23.3 item 17',
    effect: 'Two predicates that nothing asks yet.',
    unobservable: true,
  },
  'fsdax-not-longterm': {
    subject: "mm/gup: Don't allow FOLL_LONGTERM pinning of FS DAX pages",
    source: 'SPEC 23.3 item 18, 5.2 row 3, 5.7',
    effect:
      'Until patch 21 the slow path refuses by the VMA and the fast path by the devmap mark; folios of FS DAX are not long-term pinnable from here on.',
    unobservable: true,
  },
  'clear-refs-dax-unpinned': {
    subject: 'proc/task_mmu: Mark devdax and fsdax pages as always unpinned',
    source: 'SPEC 23.3 item 19',
    effect:
      'The test is reached for writable entries of private VMAs only, and DAX pages are never writable there.',
    unobservable: true,
  },
  'mlock-skips-device-pmd': {
    subject: 'mm/mlock: Skip ZONE_DEVICE PMDs during mlock',
    source: 'SPEC 23.3 item 20',
    effect: 'DAX VMAs are never VM_LOCKED.',
    unobservable: true,
  },
  'fsdax-refcounted': {
    subject: 'fs/dax: Properly refcount fs dax pages',
    source: 'SPEC 23.3 item 21, 23.2 fsdax_rc, 11.2 to 11.10, 15.29 to 15.36',
    effect: 'Pages of FS DAX are mapped as ordinary counted pages and are idle at no reference.',
    inferred: true,
  },
  'dax-pmd-zap-counted': {
    source: 'SPEC 23.3 item 21, 23.2 pmd_dax_zap, 15.30',
    effect: 'Zapping or splitting a DAX PMD takes mapcount, counter and reference off.',
  },
  'devdax-refcounted': {
    subject: 'device/dax: Properly refcount device dax pages when mapping',
    source: 'SPEC 23.3 item 22, 23.2 devdax_rc, 11.8',
    effect: 'Pages of device DAX are mapped as ordinary counted pages.',
  },
  'pxx-devmap-removed': {
    subject: 'mm: Remove pXX_devmap callers',
    source: 'SPEC 23.3 item 23, 23.2 gup_devmap, 2.3, 2.6',
    effect: 'No code looks at a devmap mark any more: a special PTE of DAX is no exception.',
  },
  'devmap-bit-removed': {
    subject: 'mm: Remove devmap related functions and page table bits',
    source: 'SPEC 23.3 item 24, 23.2 devmap_bit',
    effect: 'Entries have no devmap bit (x86, arm64, powerpc); every architecture may have DAX.',
  },
  'riscv-devmap-removed': {
    subject: 'Revert "riscv: mm: Add support for ZONE_DEVICE"',
    source: 'SPEC 23.3 items 25 and 26',
    effect: 'The bit of riscv goes; nothing has set it since patch 22.',
    unobservable: true,
  },
  'loongarch-devmap-removed': {
    subject: 'Revert "LoongArch: Add ARCH_HAS_PTE_DEVMAP support"',
    source: 'SPEC 23.3 items 25 and 26',
    effect: 'The bit of loongarch goes; nothing has set it since patch 22.',
    unobservable: true,
  },
};

/** What the merged form has beyond v6 (SPEC 23.1). */
export const DAX_MERGED_TEXTS: Readonly<Record<keyof typeof DAX_MERGED_CHANGES, ChangeText>> = {
  'dax-break-result-set': {
    source: 'SPEC 23.3 item 5, 23.2 break_ret',
    effect: 'Breaking a layout answers 0 when no page is busy (v7).',
  },
  'xfs-break-error-returned': {
    source: 'SPEC 23.3 item 5, 23.2 xfs_break_err',
    effect: 'XFS passes an interrupted wait on to its caller (v7).',
  },
  'dax-eviction-without-locks': {
    source: 'SPEC 23.3 item 7',
    effect: 'Eviction waits without touching locks that nobody holds (v7).',
  },
  'fuse-eviction-waits': {
    source: 'SPEC 23.2 evict_waits, 23.1',
    effect: 'virtiofs and erofs wait at eviction as well.',
  },
  'dax-share-word-or-mapping': {
    source: 'SPEC 23.3 item 8, 23.2 share_code',
    effect: 'A page counts as shared when mapping or index says so (v7 to v9).',
  },
  'migrate-vma-tests-page': {
    source: 'SPEC 23.3 item 11',
    effect: 'migrate_vma_setup() tests for a page before it asks for its page map (v9).',
  },
  'mkwrite-in-fresh-entry': {
    source: 'SPEC 23.3 item 12, 23.2 insert_mkwrite, 15.29',
    effect: 'insert_page() makes a fresh entry writable, young and dirty where asked to (v7).',
  },
  'page-mkwrite-checks-range-alone': {
    source: 'SPEC 23.3 item 13',
    effect: 'vmf_insert_page_mkwrite() refuses an address outside the VMA and nothing else itself.',
  },
  'deposited-table-kept': {
    source: 'SPEC 23.3 item 16, 23.2 ppc_deposit',
    effect: 'A page table is freed only when it was not deposited (v7).',
  },
  'virtiofs-wakes-waiters': {
    source: 'SPEC 15.34, 23.3 item 21',
    effect: 'The last reference of a virtiofs page wakes who waits for it (v9).',
  },
  'dax-zero-entries-left-alone': {
    subject: "don't disassociate zero page entries",
    commit: '98c183a4fccf',
    source: 'SPEC 15.33, 23.0 FIXb',
    effect: 'DAX entries of zero pages are not disassociated: the huge zero folio keeps its order.',
  },
  'dax-scan-same-entry': {
    subject: "fs/dax: Fix don't skip locked entries",
    commit: 'dd59137bfe70',
    source: 'SPEC 15.19, 23.0 FIXa',
    effect: 'After waiting for a locked entry a scan examines that entry, not the next.',
  },
  'dax-leaf-not-special': {
    source: 'SPEC 15.32, 23.0 FIXc',
    effect: 'A PMD or PUD of a counted folio is not marked special.',
  },
  'huge-pfn-needs-pfnmap': {
    source: 'SPEC 23.1, 3.13',
    effect:
      'vmf_insert_pfn_pmd() and vmf_insert_pfn_pud() BUG in a VMA that is neither VM_PFNMAP nor VM_MIXEDMAP.',
  },
  'pfn-t-removed': {
    source: 'SPEC 23.1, 3.10',
    effect: 'vmf_insert_mixed() knows no frames marked special by their caller.',
  },
  'folio-walk-finds-devdax-pud': {
    source: 'SPEC 23.1, 5.9',
    effect: 'folio_walk_start() finds a PUD of device DAX that is not special.',
  },
  'fs-dax-limited-removed': {
    source: 'SPEC 23.1',
    effect:
      'FS_DAX_LIMITED is gone: DAX without struct pages, which nothing can map since patch 21 counts them.',
    unobservable: true,
  },
};

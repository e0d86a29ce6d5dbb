import type { MAINLINE_CHANGES } from '../kernel/changes-mainline.js';
import type { ChangeText } from './change-text.js';

/** What the changes between released revisions beside the series do (SPEC 20, 22; SPEC-7.2). */
export const MAINLINE_TEXTS: Readonly<Record<keyof typeof MAINLINE_CHANGES, ChangeText>> = {
  // in 6.1.192 and 6.12.117 as stable backports, not in the releases after them
  'remap-cleans-up': {
    source: 'SPEC 3.11',
    effect: 'A failing remap_pfn_range() zaps what it has installed.',
  },
  'zap-pmd-dirties-folio': {
    source: 'SPEC 22 errata 4, 11',
    effect: 'Zapping a dirty PMD makes its folio dirty.',
  },

  // 5.18 to 6.1
  'fork-copies-watched-vmas': {
    source: 'SPEC 24.4, 24.16, 7.1',
    effect: 'fork copies the entries of a VMA that userfaultfd write-protects in the child too.',
  },
  'pte-markers': {
    source: 'SPEC 24.1, 4.4; mm/userfaultfd.c, fs/userfaultfd.c of 5.19',
    effect:
      'Entries of files can be write-protected for userfaultfd: a marker keeps the protection where the entry goes.',
  },
  'unuse-keeps-marks': {
    source: 'SPEC 24.3',
    effect:
      'What swapoff brings back keeps its soft-dirty mark and the write protection of userfaultfd.',
  },
  'wp-huge-pud-splits': {
    source: 'SPEC 24.2, 15.73',
    effect:
      'A write to a read-only PUD that its handler does not serve splits the PUD; before, the fault finds the same PUD again and again.',
  },
  'force-write-needs-exclusive': {
    source: 'SPEC 24.16, 5.3',
    effect:
      'FOLL_FORCE writes through a read-only entry when its page is exclusive; before, when a write fault had been served (FOLL_COW) and the entry was dirty.',
  },
  'copy-survives-poison': {
    source: 'SPEC 24.16, 6.6',
    effect: 'A write fault that copies a broken page answers VM_FAULT_HWPOISON.',
  },
  'private-write-upgrade': {
    source: 'SPEC 24.9, 24.16 (8.1, 8.3)',
    effect:
      'mprotect gives the write bit back to dirty entries of private memory whose page is exclusive; before, to those of shared memory alone.',
  },
  'smaps-absent-not-aged': {
    subject: "mm/smaps: don't access young/dirty bit if pte unpresent",
    commit: 'efd4149342db',
    source: 'SPEC 24.10',
    effect: 'smaps takes no bits of a non-present PTE for young or dirty any more.',
  },
  'gup-refuses-hugetlb-force': {
    source: 'SPEC 24.8, 5.2 row 7',
    effect: 'get_user_pages() with FOLL_FORCE does not write to read-only memory of hugetlb.',
  },
  'share-barriers': {
    source: 'SPEC 24.16 (9.7), 24.3, 15.59; mm/rmap.c of 6.1',
    effect:
      'Barriers order the test for pins after the clearing of the entry: flushes of exclusive pages may be put off for a batch.',
  },
  'migration-keeps-age': {
    source: 'SPEC 24.16 (9.9), 9.9',
    effect: 'Migration entries keep young and dirty bits where the form has room for them.',
  },
  'pagemap-pmd-of-file': {
    source: 'SPEC 24.10, 12.2',
    effect: 'pagemap shows bit 61 for huge PMDs of files.',
  },
  'zeropage-not-pinned': {
    source: 'SPEC 1.3, 24.1',
    effect: 'Pins of the shared zeropage are not counted; in 6.1.192 as a backport.',
  },
  'huge-zero-split-keeps-uffd-wp': {
    source: 'SPEC 24.7',
    effect: 'Splitting a write-protected huge zero PMD leaves zeropages that are write-protected.',
  },
  'migration-pmd-keeps-uffd-wp': {
    source: 'SPEC 24.6, 24.16 (9.9)',
    effect: "A huge PMD that migrates keeps userfaultfd's write protection.",
  },

  // 6.1 to 6.9
  'split-keeps-dirty': {
    source: 'SPEC 10.1, 24.7; mm/huge_memory.c of 6.1',
    effect:
      'Splitting a dirty PMD of anonymous memory leaves dirty PTEs; before, the folio alone is dirty.',
  },
  'migration-batches-flushes': {
    subject: 'migrate_pages: batch flushing TLB',
    commit: '7e12beb8ca2a',
    source: 'SPEC 15.59; mm/rmap.c of 6.3',
    effect: 'Flushes of migration may be put off for a batch of pages.',
  },
  'longterm-breaks-cow': {
    source: 'SPEC 5.4',
    effect: 'A long-term read pin in a private VMA unshares file pages and the zeropage first.',
  },
  'file-write-pin-refused': {
    source: 'SPEC 5.2 row 6, 22 errata 6',
    effect: 'Long-term writable pins of file mappings with dirty tracking are refused.',
  },
  'shadow-stack-vma': {
    source: 'SPEC 22 errata 6',
    effect: 'Shadow-stack VMAs exist, and get_user_pages() does not write to them.',
  },
  'p2pdma-refused': {
    source: 'SPEC 22 errata 5',
    effect: 'Peer-to-peer DMA pages are refused without FOLL_PCI_P2PDMA.',
  },
  'manual-write-upgrade': {
    source: 'SPEC 22 errata 6, 1.6',
    effect: 'mprotect decides itself whether a PTE or PMD may become writable.',
  },
  'rmap-by-level': {
    source: 'SPEC 9.1, 22 errata 8',
    effect:
      'RMAP_COMPOUND is gone: separate rmap functions per level; fork always checks its sequence.',
  },
  'smaps-walks-pfnmap': {
    source: 'SPEC 12.0, 22 errata 13',
    effect: 'smaps and numa_maps look into VMAs of raw frames, whose private copies count.',
  },
  'smaps-shares-absent': {
    source: 'SPEC 12.1, 24.16',
    effect: 'smaps counts pages on their way elsewhere as shared, where they were private.',
  },
  'ksm-marks-zeropages': {
    source: 'SPEC 1.7',
    effect: 'KSM marks the zeropage entries that it makes by their dirty bit, and counts them.',
  },
  'fork-batches': {
    source: 'SPEC 7.2, 7.4',
    effect:
      "fork copies the PTEs of a large folio together: in shared memory one that is writable makes all of the child's so.",
  },
  'recency-by-both-hints': {
    source: 'SPEC 4.1',
    effect:
      'Unmapping a young page of a VMA read at random does not mark it accessed; reclaim does not look at VMAs with a hint at all.',
  },

  // 6.9 to 6.12; the zeropage series stands in changes-zeropage.ts
  'fork-survives-poison': {
    subject: 'mm: support poison recovery from copy_present_page()',
    commit: '658be46520ce',
    source: 'SPEC 7.2; mm/memory.c copy_present_page()',
    effect: 'fork fails where it would copy a pinned page that is broken.',
  },
  'huge-pfnmap': {
    source: 'SPEC 0.4, 2.5, 3.13',
    effect: 'pmd_special() and pud_special() exist; huge raw-pfn leaves carry the mark.',
  },
  'folio-walk': {
    source: 'SPEC 5.9',
    effect: 'folio_walk_start() exists.',
  },
  'gup-grabs-folios': {
    source: 'SPEC 20 GUP r1->r2, 5.2 row 4, 22 errata 7',
    effect:
      'Separate fast and slow grabs; FOLL_SPLIT_PMD refused for hugetlb; secretmem test in GUP-fast.',
  },
  'gup-refuses-hugetlb-split': {
    source: 'SPEC 5.2',
    effect: 'FOLL_SPLIT_PMD on hugetlb is answered -EOPNOTSUPP.',
  },
  'gup-fast-checks-secretmem-folio': {
    source: 'SPEC 5.7, 22 errata 7',
    effect: 'The fast path refuses small folios of memfd_secret(), and those without a mapping.',
  },
  'swap-in-maps-writable': {
    subject: 'mm: swap: reuse exclusive folio directly instead of wp page faults',
    source: 'SPEC 9.8; mm/memory.c do_swap_page()',
    effect: 'Swapping an exclusive page in for a read maps it writable at once.',
  },
  'gntdev-clears-maywrite': {
    source: 'SPEC 13',
    effect:
      'A private mapping of read-only grants loses VM_MAYWRITE (stable backport in 6.12.117).',
  },
  'new-anon-rmap-flags': {
    source: 'SPEC 9.3',
    effect:
      'folio_add_new_anon_rmap() takes flags; adding a mapping makes no folio anonymous any more, it warns.',
  },
  'rmap-counts-by-owner': {
    source: 'SPEC 9.3, recorded group rmap',
    effect: 'A file mapping of an anonymous folio counts as NR_ANON_MAPPED, not NR_FILE_MAPPED.',
  },
  'deferred-split-partly-mapped': {
    source: 'SPEC 9.4, 22 errata 3',
    effect: 'Only a folio that stays partly mapped is queued for deferred split.',
  },
  'swap-free-reports-nothing': {
    subject: 'mm: swap: free_swap_and_cache_nr() as batched free_swap_and_cache()',
    source: 'SPEC 4.3 (mm/memory.c zap_pte_range() of 6.9 and 6.10)',
    effect:
      'Zapping an entry of a swap slot that does not exist is no bad page map any more; that the entry is bad is still printed.',
  },
  'migration-uses-zeropage': {
    source: 'SPEC 9.9',
    effect: 'Splitting a THP maps the zeropage for tails that hold zeros.',
  },

  // 6.12 to 6.17; the DAX series stands in changes-dax-v6.ts
  'guard-markers': {
    source: 'SPEC 23.1, 12.2',
    effect: 'Guard markers exist; pagemap shows them in bit 58.',
  },
  'huge-zero-replaced-on-write': {
    source: 'SPEC 10.3',
    effect: 'Writing to a huge zero PMD replaces it by a huge page instead of splitting it.',
  },
  'follow-write-common': {
    source: 'SPEC 5.3',
    effect: 'FOLL_FORCE writes follow one rule at PTE, PMD and PUD.',
  },
  'pagemap-first-page-decides': {
    source: 'SPEC 12.2',
    effect: "pagemap's bit 56 of a huge PMD is that of the first page asked for, for all of them.",
  },
  'dirty-folio-mapped-dirty': {
    source: 'SPEC 6.7 (mm/memory.c set_pte_range())',
    effect: 'A read fault that maps a dirty page of a file writable maps it dirty.',
  },
  'mm-ids': {
    source: 'SPEC 6.5, 9',
    effect: 'Large folios remember which mms map them, and can be reused on a write fault.',
  },
  'pincount-by-order': {
    source: 'SPEC 1.3',
    effect: 'On 32-bit kernels a folio of two pages has no pin count of its own.',
  },
  'one-device-exclusive-type': {
    source: 'SPEC 20, SPEC 9.9',
    effect: 'Device-exclusive entries have one swap type and keep their rmap.',
  },
  'anon-vma-refcount-check': {
    source: 'SPEC 9.2',
    effect: 'DEBUG_VM warns when an anonymous folio is mapped through a freed anon_vma.',
  },
  'merge-into-unfaulted': {
    source: 'SPEC 9.10',
    effect:
      'A VMA without anon_vma may absorb one that has pages of its own and no uncowed parents.',
  },
  'lazyfree-kept-if-dirty': {
    source: 'SPEC 9.8',
    effect:
      'A page given up by MADV_FREE becomes swap-backed again when dirty, not when referred to.',
  },
  'huge-zero-overwrites': {
    source: 'SPEC 22 errata 2',
    effect: 'set_huge_zero_folio() overwrites an occupied PMD instead of returning early.',
  },
  'mmap-prepare-in-report': {
    source: 'SPEC 16.1',
    effect: 'The bad page map report names the mmap_prepare hook.',
  },
  'mprotect-batches': {
    source: 'SPEC 20 mprotect batch',
    effect:
      'mprotect changes the PTEs of a large folio together: they share dirty and young, and each present entry is looked up, so that broken ones are reported.',
  },
  'zap-pmd-marks-accessed': {
    source: 'SPEC 10.6',
    effect: 'A young PMD of a file marks its folio accessed when it is zapped.',
  },
  'dontneed-frees-tables': {
    source: 'SPEC 23.1, SPEC-7.2 4.9',
    effect: 'MADV_DONTNEED of all that a page table maps frees the table (PT_RECLAIM).',
  },

  'shared-pin-warns': {
    source:
      'SPEC 5.5 step 8; mm/gup.c follow_page_pte(), follow_huge_pmd(), sanity_check_pinned_pages()',
    effect:
      'Pinning, or unpinning, an anonymous page that is not exclusive is a warning, where it was a BUG.',
  },

  // 6.17 to 6.18; the patches that it shares with the RFC stand in changes-rfc-2025-06.ts
  'fork-keeps-huge-zero': {
    source: 'SPEC 2.12, 10.5 row 1, 15.9',
    effect: 'copy_huge_pmd() does not take a special huge zero PMD for a raw pfn.',
  },
  'bad-page-map-report': {
    source: 'SPEC 2.12, 16.2',
    effect: 'The report names the level and prints the path of table entries.',
  },
  'normal-page-by-level': {
    source: 'SPEC 2.8, 2.12',
    effect:
      'One helper decides special entries of every level too: hook, raw pfns, both zero kinds, else a report; the bound check stays and reports at every level.',
  },
  'slab-is-page-type': {
    source: 'SPEC 3.1, 22 errata 1',
    effect: 'validate_page_before_insert() has no slab test of its own: a slab tail page passes.',
  },
  'persistent-huge-zero': {
    source: 'SPEC 1.7',
    effect: 'CONFIG_PERSISTENT_HUGE_ZERO_FOLIO can keep the huge zero folio for ever.',
  },
  'pgtable-level-enum': {
    source: 'SPEC 2.12',
    effect: 'enum pgtable_level takes the place of enum rmap_level: names only.',
    unobservable: true,
  },
  'pagemap-none-unwritten': {
    source: 'SPEC 12.3',
    effect: 'PAGEMAP_SCAN gives empty entries no category, where they counted as written.',
  },

  // the stable fix of 2026
  'special-per-level': {
    subject: 'mm: fix __vm_normal_page() to handle missing support for pmd_special()/pud_special()',
    source: 'SPEC 2.9, 15.13',
    effect: 'Whether the special mark works is asked for the level of the entry, not for PTEs.',
  },
  'device-zap-checks-folio': {
    source: 'SPEC 4.3',
    effect: 'Zapping a device entry warns when its folio is not anonymous, whatever the VMA is.',
  },

  // 6.18 to 7.2
  'zap-pmd-by-normal-page': {
    source: 'SPEC-7.2 10.10',
    effect: 'Zapping a PMD asks vm_normal_folio_pmd() what to count off.',
  },
  'special-huge-without-file': {
    source: 'SPEC-7.2 1.9',
    effect: 'vma_is_special_huge() is false for DAX and asks for no vm_file.',
  },
  'fork-by-destination-flags': {
    source: 'SPEC-7.2 7.8',
    effect: 'fork decides by the flags of the new VMA, VM_MAYBE_GUARD included.',
  },
  'device-private-pmd': {
    source: 'SPEC-7.2 9.13',
    effect: 'A non-present PMD may be a device-private folio.',
  },
  'anon-vma-reuse-in-fork-only': {
    source: 'SPEC-7.2 9.13',
    effect: 'anon_vma_clone() adopts an anon_vma in fork alone, whatever the VMA has.',
  },
  'anon-walks-hold-folio-lock': {
    source: 'SPEC-7.2 9.13',
    effect: 'folio_referenced() tries the folio lock for every kind of folio.',
  },
  'folio-walk-without-migration': {
    source: 'SPEC-7.2 5.10',
    effect: 'folio_walk_start() finds no non-present entry.',
  },
  'remap-sets-flags-first': {
    source: 'SPEC-7.2 3.18',
    effect: 'remap_pfn_range() sets flags and vm_pgoff before its other tests.',
  },
  'insert-pages-warns': {
    source: 'SPEC-7.2 3.18',
    effect: 'vm_insert_pages() warns where it used to BUG; vm_map_pages() calls it once.',
  },
  'p2pmem-failure-drops-user': {
    subject: 'PCI/P2PDMA: Release per-CPU pgmap ref when vm_insert_page() fails',
    source: 'SPEC 23.1',
    effect:
      'p2pmem_alloc_mmap() that fails leaves no user of the device behind, for which removing it would wait (stable backport in 6.12.117).',
  },
  'p2pmem-failure-resets-count': {
    source: 'SPEC 15.27; drivers/pci/p2pdma.c',
    effect: 'p2pmem_alloc_mmap() that fails leaves a page without reference in the pool.',
    inferred: true,
  },
  'p2pmem-warns-of-references': {
    source: 'SPEC 23.3 item 10; drivers/pci/p2pdma.c',
    effect: 'p2pmem_alloc_mmap() warns of a page in use, where it warned of an idle one.',
    inferred: true,
  },
  'special-zap-takes-mixedmap': {
    source: 'SPEC-7.2 4.9',
    effect: 'zap_special_vma_range() accepts VM_MIXEDMAP VMAs too.',
  },
  'numa-filter-shared': {
    source: 'SPEC-7.2 8.7',
    effect: 'PTEs and PMDs are made protnone by one rule.',
  },
  'sticky-vma-flags': {
    source: 'SPEC-7.2 1.9',
    effect: 'Merged VMAs keep VM_SOFTDIRTY and VM_MAYBE_GUARD of either.',
  },
  'swap-in-always-cached': {
    source: 'SPEC-7.2 9.13',
    effect: 'A folio is always in the swap cache while it is being mapped again.',
  },
  'pagemap-none-written': {
    source: 'SPEC-7.2 12.7',
    effect: 'PAGEMAP_SCAN reports an empty PTE as written.',
  },
  'gntdev-takes-map-back': {
    source: 'SPEC-7.2 13',
    effect:
      'A grant map whose offset cannot be told to the caller is removed again, not kept until close.',
  },
  'huge-zero-underflow-warns': {
    source: 'SPEC-7.2 1.9',
    effect: 'One reference too few of the huge zero folio warns, and is no BUG any more.',
  },
  'dax-folio-put-clears-word': {
    subject: 'dax: Factor out dax_folio_reset_order() helper',
    commit: '59eb73b98ae0',
    source: 'SPEC-7.2 11.12',
    effect:
      'A DAX page whose last file offset goes forgets its index; it looked like a count of sharers before.',
  },
};

import type { MAINLINE_CHANGES } from '../kernel/changes-mainline.js';
import type { ChangeText } from './change-text.js';

/** What the changes beside the series do that releases up to 6.12 brought (SPEC 20, 22, 24). */
export const MAINLINE_TEXTS_TO_6_12 = {
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
} as const satisfies Partial<Record<keyof typeof MAINLINE_CHANGES, ChangeText>>;

import type { MAINLINE_CHANGES } from '../kernel/changes-mainline.js';
import type { ChangeText } from './change-text.js';
import { MAINLINE_TEXTS_TO_6_12 } from './changes-mainline-to-6-12.js';

/** What the changes between released revisions beside the series do (SPEC 20, 22; SPEC-7.2). */
export const MAINLINE_TEXTS: Readonly<Record<keyof typeof MAINLINE_CHANGES, ChangeText>> = {
  ...MAINLINE_TEXTS_TO_6_12,

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

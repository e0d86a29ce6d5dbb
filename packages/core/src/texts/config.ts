import type { ConfigName } from '../kernel/config.js';

/** What an option of the configuration means, and where it is declared. */
export interface ConfigText {
  readonly meaning: string;
  readonly source: string;
}

/** Every option in words. */
export const CONFIG_TEXTS: Readonly<Record<ConfigName, ConfigText>> = {
  ARCH_HAS_PTE_SPECIAL: {
    meaning: 'pte_special() works (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  ARCH_SUPPORTS_PMD_PFNMAP: {
    meaning: 'pmd_special() works, from v6.12 on (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  ARCH_SUPPORTS_PUD_PFNMAP: {
    meaning: 'pud_special() works, from v6.12 on (default: as the form says)',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  TRANSPARENT_HUGEPAGE: {
    meaning: 'transparent huge pages; special marks of PMDs and PUDs need it',
    source: 'mm/Kconfig; SPEC 0.4',
  },
  HUGETLB_PAGE: {
    meaning: 'hugetlb pages; with them or THP vm_normal_page_pmd() exists from v6.12 on',
    source: 'fs/Kconfig; mm/Kconfig PGTABLE_HAS_HUGE_LEAVES; SPEC 2.5',
  },
  FIND_NORMAL_PAGE: {
    meaning: 'vm_ops has find_normal_page(); Xen grant device selects it',
    source: 'mm/Kconfig; SPEC 2.8',
  },
  DEBUG_VM: {
    meaning: 'VM_WARN and VM_BUG speak; a warning changes no answer',
    source: 'mm/Kconfig.debug; SPEC 0.1, 22 errata 16',
  },
  FS_DAX: { meaning: 'file system DAX', source: 'fs/Kconfig; SPEC 1.6' },
  SECRETMEM: { meaning: 'memfd_secret()', source: 'mm/Kconfig; SPEC 5.2 row 5' },
  MEM_SOFT_DIRTY: {
    meaning: 'soft-dirty tracking, where the architecture has the bit',
    source: 'mm/Kconfig; SPEC 5.3',
  },
  PAGE_MAPCOUNT: {
    meaning: 'precise mapcount of each page of a large folio',
    source: 'mm/Kconfig; SPEC 1.2',
  },
  MM_ID: {
    meaning: 'large folios remember which address spaces map them, from v6.17 on',
    source: 'mm/Kconfig; SPEC 1.1, 6.5',
  },
  '64BIT': {
    meaning: 'a 64-bit kernel: folios of two pages count their pins apart too',
    source: 'arch Kconfig; SPEC 1.3',
  },
  DEVICE_PRIVATE: {
    meaning: 'memory of devices behind non-present entries; moves swap type numbers',
    source: 'mm/Kconfig; SPEC 9.9',
  },
  CMA: {
    meaning: 'contiguous memory areas, from whose pages long pins are kept away',
    source: 'mm/Kconfig; SPEC 5.7',
  },
  PT_RECLAIM: {
    meaning: 'madvise() frees page tables that it emptied (x86 alone before 7.2)',
    source: 'mm/Kconfig; SPEC-7.2 4.9',
  },
  PERSISTENT_HUGE_ZERO_FOLIO: {
    meaning: 'the huge zero folio is made once and never freed, from v6.18 on',
    source: 'mm/Kconfig; SPEC 1.7',
  },
  STRICT_DEVMEM: {
    meaning: '/dev/mem refuses to show RAM',
    source: 'lib/Kconfig.debug; SPEC 15.6',
  },
};

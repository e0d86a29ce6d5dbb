/** What tells more, each said once: options and tests of the kernel, and where to look. */
export const NEXT = {
  archHelpers:
    'Run the kernel with CONFIG_DEBUG_VM_PGTABLE=y and read the architecture helpers (pgtable.h) that changed last.',
  assertion:
    'Read the asserted expression at the named line, then the innermost function of the stack outside of it.',
  bisect: 'Try the release before; when it is good, bisect mm/ and arch/ between the two.',
  collect:
    'Collect several reports and compare bits, slots in the table (address bits 12 up) and the tables (pmd): what repeats names the writer.',
  consumer:
    'Find out who asked for the page (the caller of vm_normal_page() or of GUP in the stack): it may have to refuse such VMAs.',
  counting: 'Look which function asks for the swap device; nothing needs repair.',
  cpuErrata: 'Look the processor up in the errata of its maker, and update its microcode.',
  debugPagealloc:
    'Boot with debug_pagealloc=on and page_poison=1: the second user then faults where it happens.',
  debugVm:
    'Build with CONFIG_DEBUG_VM=y: rmap and folio checks then speak where the count goes wrong.',
  driverFrame:
    "Read the driver's mmap(): does it take pfns from dma_mmap_coherent() memory, an I/O address or virt_to_phys() of vmalloc memory?",
  driverPages:
    'Read how the named driver allocates, maps and frees its pages; page->mapping must be NULL when it frees them.',
  earlier: 'Look for earlier reports in the whole log since boot: the first one matters.',
  faultingCode:
    'Look at the innermost function of the stack and at what it wrote, read or jumped to.',
  insertion:
    'Find where the entry is made: the fault and mmap handlers of the VMA, vmf_insert_pfn(), vmf_insert_mixed(), remap_pfn_range().',
  iommu:
    'Boot with iommu.strict=1 (or intel_iommu=on, amd_iommu=force_isolation) and look for refused accesses: a device that writes astray is named there.',
  kasan:
    'Run with CONFIG_KASAN=y (KFENCE where that is too slow): it names who writes to freed memory.',
  machineLog:
    'Read the machine check, EDAC or firmware log, and the temperature and power events around it.',
  memblock:
    'Boot with memblock=debug and compare the reserved and the memory ranges with the page that is named.',
  memtest:
    'Test the memory (memtest=17 on the command line, memtest86+ for a night, other modules), and look at EDAC counters.',
  normalPage:
    'Ask the model what vm_normal_page() says of this entry in this VMA under this kernel.',
  pageOwner:
    'Boot with page_owner=on (CONFIG_PAGE_OWNER=y): the dump of the page then names who allocated and who freed it last.',
  poisonMemmap:
    'Boot with vm_debug=P (CONFIG_DEBUG_VM=y): struct pages that are never initialised then show as all ones.',
  provoked:
    'Ask where the report comes from: a test, a patch description or a module that breaks tables on purpose.',
  sameBit:
    'Compare with reports of other boots: the same bit at another place is bad memory, the same slot each time is a writer.',
  slubDebug:
    'Boot with slub_debug=FZPU: objects are then tracked, and the report says who allocated and freed the one in the page.',
  swapLayout:
    "Compare the architecture's layout of swap entries with the software bits of non-present entries (exclusive, soft-dirty, uffd-wp).",
  swapTest:
    'Run CONFIG_DEBUG_VM_PGTABLE=y, which checks swap and migration entries with each software bit set.',
  tableBefore:
    'Find out what lies before the table in memory (page_owner of the frames below it): overruns come from there.',
  tableCheckStack:
    'Read the function under __page_table_check_*() in the stack, and whether pxx_user_accessible_page() is right for this entry.',
  tableDestructor:
    'Look how this architecture frees this level of table: pagetable_dtor() must run before the page goes back.',
  tableFree:
    'Look for a table freed without waiting for walkers: mmu_gather, RCU, CONFIG_MMU_GATHER_RCU_TABLE_FREE.',
  tableMoves:
    'Read what moves or sets whole tables: mremap() of whole tables, pmd_populate(), collapse, and the __pa() that it uses.',
  tableRemoval:
    'Look at what removes tables behind their users: khugepaged retracting them, CONFIG_PT_RECLAIM, free_pgtables() limits.',
  tableTest:
    'Compare with the fixes of pmd_none_or_clear_bad() and pmd_none_or_trans_huge_or_clear_bad() callers: the test must read the entry once.',
  textOwner:
    'Look who had that text in memory: drivers that answer requests or build names, and their errors shortly before.',
  walker:
    'Look at the bounds of the walk: does it step past the last slot, or does the next table start there?',
  xenDrivers:
    'Look at gntdev and privcmd: their entries must be special, in VM_PFNMAP VMAs, and be unmapped by the driver.',
} as const;

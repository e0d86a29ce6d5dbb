import type { Cause } from './diagnosis.js';
import { NEXT } from './next-steps.js';

/** A reading of a report: its class, a sentence, and what tells more. */
export interface Finding {
  readonly cause: Cause;
  readonly sentence: string;
  readonly next: readonly string[];
}

const finding = (cause: Cause, sentence: string, ...next: readonly string[]): Finding => ({
  cause,
  sentence,
  next,
});

const findings = {
  // a page table that was not one any more, or still one
  'freed-with-table-type': finding(
    'pgtable_lifetime',
    'A page was freed that was still marked as a page table: its destructor never ran, or it was freed as an ordinary page.',
    NEXT.tableDestructor,
    NEXT.pageOwner,
  ),
  'table-not-ready': finding(
    'pgtable_lifetime',
    'A page table was made or freed in a state in which it must not be: its type is missing, or it still holds other tables.',
    NEXT.tableDestructor,
    NEXT.bisect,
  ),
  'table-is-slab': finding(
    'pgtable_lifetime',
    'The page table is a slab page at the same time: it was freed while still in use, or handed out twice.',
    NEXT.slubDebug,
    NEXT.pageOwner,
    NEXT.tableFree,
  ),
  'table-reused': finding(
    'pgtable_lifetime',
    'Kernel pointers stand in the table: it was freed and used for other data while a process still had it.',
    NEXT.kasan,
    NEXT.pageOwner,
    NEXT.tableFree,
  ),
  'table-lost': finding(
    'pgtable_lifetime',
    'Mappings were lost with their table: it was freed or replaced while it still had entries.',
    NEXT.tableRemoval,
    NEXT.earlier,
  ),
  // what must not be taken for an ordinary page
  'lost-special-mark': finding(
    'special_mapping',
    'The entry lacks its special mark, so that a page was counted down that had never been counted.',
    NEXT.insertion,
    NEXT.normalPage,
  ),
  'special-where-forbidden': finding(
    'special_mapping',
    'A special entry lies in a VMA that must not have one: somebody inserted a frame without VM_PFNMAP or VM_MIXEDMAP, or asked for its page.',
    NEXT.insertion,
    NEXT.consumer,
  ),
  'zero-page-counted': finding(
    'special_mapping',
    'The shared zero page, or another reserved one, was counted and freed like an ordinary page.',
    NEXT.normalPage,
    NEXT.insertion,
  ),
  'device-page-counted': finding(
    'special_mapping',
    'A page of device memory (DAX, ZONE_DEVICE) was treated as an ordinary page.',
    NEXT.insertion,
    NEXT.normalPage,
  ),
  'foreign-frame': finding(
    'special_mapping',
    'A frame of another Xen domain was treated as a page of its own.',
    NEXT.xenDrivers,
    NEXT.normalPage,
  ),
  'driver-frame': finding(
    'special_mapping',
    'A driver mapped a frame that is none: its number was made from something that is no physical address.',
    NEXT.driverFrame,
  ),
  // accounting
  'unmapped-too-often': finding(
    'regression_accounting',
    'The right page in the right slot was unmapped more often than mapped: the counting is wrong, not the entry.',
    NEXT.bisect,
    NEXT.debugVm,
    NEXT.earlier,
  ),
  'wrong-table-address': finding(
    'regression_accounting',
    'The entry has the bits of a pointer to a table, but an address that is no memory: software computed it wrongly.',
    NEXT.tableMoves,
    NEXT.bisect,
  ),
  'counters-adrift': finding(
    'regression_accounting',
    'Counters and mappings of a process went apart: what was counted at mapping is not what was counted at unmapping.',
    NEXT.earlier,
    NEXT.bisect,
    NEXT.debugVm,
  ),
  'entry-misencoded': finding(
    'regression_accounting',
    'The entry has the form of none that this architecture writes here: its helpers made it wrongly.',
    NEXT.archHelpers,
    NEXT.bisect,
  ),
  'assertion-failed': finding(
    'regression_accounting',
    'A rule of the memory management was broken by its own code: an operation on a page or table that is not in the state for it.',
    NEXT.assertion,
    NEXT.bisect,
  ),
  'anon-vma-broken': finding(
    'regression_accounting',
    'The reverse mapping of anonymous memory is not consistent: an anon_vma is freed that still has users, or is used twice.',
    NEXT.assertion,
    NEXT.kasan,
    NEXT.bisect,
  ),
  'table-object-too-small': finding(
    'regression_accounting',
    'A table is smaller than what walks it assumes: entries or the table itself have another size than its cache.',
    NEXT.archHelpers,
    NEXT.bisect,
  ),
  'check-caught-kernel': finding(
    'regression_accounting',
    'The check of page tables caught a mapping that must not be: a page written to through two entries, or of two kinds.',
    NEXT.tableCheckStack,
    NEXT.bisect,
  ),
  'swap-bits-collide': finding(
    'swap_encoding',
    'A software bit of a non-present entry lies where swap type or offset do: a good entry is decoded wrongly.',
    NEXT.swapLayout,
    NEXT.swapTest,
  ),
  'page-already-free': finding(
    'reserved_or_double_free',
    'The page was in the free lists already: it was freed twice.',
    NEXT.pageOwner,
    NEXT.debugPagealloc,
  ),
  'reserved-page-freed': finding(
    'reserved_or_double_free',
    'Reserved memory was given to the page allocator.',
    NEXT.memblock,
    NEXT.pageOwner,
  ),
  'reference-dropped-twice': finding(
    'reserved_or_double_free',
    'References and frees of the page do not match: somebody dropped one that was not his, or freed a page that others use.',
    NEXT.pageOwner,
    NEXT.kasan,
  ),
  'struct-page-unset': finding(
    'boot_memmap',
    'The page has a struct page that was never initialised.',
    NEXT.memblock,
    NEXT.poisonMemmap,
  ),
  // foreign data in a table
  'text-over-table': finding(
    'stray_write',
    'Text was written over the page table.',
    NEXT.textOwner,
    NEXT.kasan,
    NEXT.tableBefore,
  ),
  'byte-fill': finding(
    'stray_write',
    'The page table was filled with one repeated pattern: by a device, firmware, or memset() with a wrong address.',
    NEXT.iommu,
    NEXT.tableBefore,
  ),
  'data-over-table': finding(
    'stray_write',
    'Plain data was written over the page table: small numbers, no pointers, no entries.',
    NEXT.iommu,
    NEXT.kasan,
    NEXT.tableBefore,
  ),
  'pointer-over-entry': finding(
    'stray_write',
    'Somebody wrote a kernel pointer over entries of a page table that is in use.',
    NEXT.kasan,
    NEXT.tableBefore,
  ),
  'stray-entry': finding(
    'stray_write',
    'Memory of the process or of its tables was overwritten by a writer that the log does not name.',
    NEXT.kasan,
    NEXT.tableBefore,
  ),
  'healthy-huge-entry': finding(
    'healthy_entry_misread',
    'The entry is a good huge or NUMA-hinting one: it changed between test and print, or the test was wrong.',
    NEXT.tableTest,
  ),
  'no-access-misread': finding(
    'healthy_entry_misread',
    'The entry is a good one made inaccessible (PROT_NONE or a NUMA hint), which was not taken for one.',
    NEXT.tableTest,
    NEXT.archHelpers,
  ),
  'table-check-itself': finding(
    'checker_or_helper',
    'The check of page tables, an architecture helper that it asks, or a test was wrong, not the tables.',
    NEXT.tableCheckStack,
    NEXT.archHelpers,
  ),
  'plain-oops': finding(
    'other_kernel_bug',
    'The tables are as they should be: an ordinary fault of the kernel, whose report prints entries.',
    NEXT.faultingCode,
  ),
  'driver-page-fields': finding(
    'driver_page_misuse',
    'A driver left its own data in a page that it gave back, or freed a page that was not its to free.',
    NEXT.driverPages,
    NEXT.pageOwner,
  ),
  'slab-freed-as-page': finding(
    'driver_page_misuse',
    'Memory of the slab allocator was freed as a page.',
    NEXT.driverPages,
    NEXT.slubDebug,
  ),
  'past-table-end': finding(
    'walker_out_of_bounds',
    'A walk ran over the end of a table and read what lies behind it as entries.',
    NEXT.walker,
  ),
  'data-read-as-entries': finding(
    'walker_out_of_bounds',
    'A walk took memory for a table that is none.',
    NEXT.walker,
    NEXT.kasan,
  ),
  'bit-flip': finding(
    'hardware',
    'One bit, or very few, differ from what should stand there: bad memory is the first suspect.',
    NEXT.memtest,
    NEXT.sameBit,
  ),
  'counter-bit': finding(
    'hardware',
    'A word of struct page is a single bit that neither counting nor a pointer could have set: bad memory is the first suspect.',
    NEXT.memtest,
  ),
  'cpu-erratum': finding(
    'hardware',
    'The processor reported a reserved bit in an entry that is not present, which it must not look at.',
    NEXT.cpuErrata,
  ),
  'machine-error': finding(
    'hardware',
    'The machine itself reported an error at the same time.',
    NEXT.machineLog,
    NEXT.memtest,
  ),
  'nothing-wrong': finding(
    'format_example',
    'Entry, page and VMA agree: nothing is wrong here, the report may have been provoked to show it.',
    NEXT.provoked,
  ),
  'foreign-entry': finding(
    'corruption_writer_unknown',
    'The entry is not what the kernel wrote: the table was damaged, and nothing says by whom.',
    NEXT.collect,
    NEXT.tableBefore,
    NEXT.memtest,
  ),
  'counting-queries': finding(
    'harmless',
    'The messages count up through swap types: a query for types that do not exist, no damage.',
    NEXT.counting,
  ),
  unknown: finding(
    'unknown',
    'The log does not say what happened.',
    NEXT.earlier,
    NEXT.collect,
    NEXT.memtest,
    NEXT.debugVm,
  ),
} as const satisfies Readonly<Record<string, Finding>>;

/** A reading of a report. */
export type FindingId = keyof typeof findings;

/** All of them. */
export const FINDINGS: Readonly<Record<FindingId, Finding>> = findings;

/** Where a rule comes from: kernel file and function, and the section of the semantics. */
export interface RuleSource {
  readonly kernel: string;
  readonly spec: string;
}

/** One reason for a verdict. */
export interface Rule {
  readonly id: string;
  /** A sentence about the entry at hand, naming the fact that decided. */
  readonly sentence: string;
  readonly source: RuleSource;
}

/** Functions of mm/memory.c that the rules stand in, by level and by revision. */
const PTE = 'mm/memory.c vm_normal_page()';
const PMD = 'mm/memory.c vm_normal_page_pmd()';
const SHARED = 'mm/memory.c vm_normal_page(), vm_normal_page_pmd(), __vm_normal_page()';
const RFC = 'mm/memory.c vm_normal_page_pfn()';
const RFC_COW = 'mm/memory.c vm_pfnmap_normal_page_pfn()';

type RuleText = readonly [sentence: string, kernel: string, spec: string];

/** Every rule of the decision: sentence, kernel function, section. Documents are made from it. */
const TEXTS = {
  // the special mark
  'special-hook-page': [
    'special entry, and vm_ops supplies the page behind it: the hook names this one',
    SHARED,
    'SPEC 2.1, 2.8 row 1',
  ],
  'special-hook-none': [
    'special entry, and vm_ops has a hook for the page behind it: the hook knows no page here',
    SHARED,
    'SPEC 2.1, 2.8 row 1',
  ],
  'special-pfnmap': [
    'special entry in a VM_PFNMAP VMA: the driver mapped a raw pfn, no page belongs to it',
    SHARED,
    'SPEC 2.1 row 3, 2.8 row 2',
  ],
  'special-mixedmap': [
    'special entry in a VM_MIXEDMAP VMA: this one was inserted by pfn, without its page',
    SHARED,
    'SPEC 2.1 row 3, 2.8 row 2',
  ],
  'special-zeropage': [
    'special entry of the shared zeropage: it is mapped without being counted',
    SHARED,
    'SPEC 2.1 row 4, 2.8 row 3',
  ],
  'special-huge-zero': [
    'special entry of the huge zero folio: it is mapped without being counted',
    'mm/memory.c vm_normal_page_pmd(), __vm_normal_page()',
    'SPEC 2.8 row 3, 2.10 patch 10',
  ],
  'special-devmap': [
    'special entry with the devmap mark: device memory whose pages are not counted per mapping',
    PTE,
    'SPEC 2.1 row 5',
  ],
  'special-unasked': [
    'special PMD: never a page, and this kernel does not ask whether the VMA may hold one',
    PMD,
    'SPEC 2.5, 2.6',
  ],
  'special-tolerated': [
    'special entry in a VMA that is neither VM_PFNMAP nor VM_MIXEDMAP: no page, and no report',
    PMD,
    'SPEC 2.10 patches 10 and 13',
  ],
  'special-misplaced': [
    'special entry in a VMA that is neither VM_PFNMAP nor VM_MIXEDMAP, and no zeropage: reported as a bad page map',
    SHARED,
    'SPEC 2.1 row 6, 2.8 row 4',
  ],
  'not-special': [
    'not special, and this kernel takes the special mark to work here: the flags of the VMA do not matter',
    SHARED,
    'SPEC 2.1 row 1, 2.8 row 5',
  ],

  // no special mark: flags of the VMA and the frame decide
  'plain-vma': [
    'the VMA is neither VM_PFNMAP nor VM_MIXEDMAP: its entries map pages',
    SHARED,
    'SPEC 2.1, 2.4, 2.8',
  ],
  'mixedmap-no-memmap': [
    'VM_MIXEDMAP VMA without a special mark to look at, and the pfn has no struct page: a raw pfn',
    SHARED,
    'SPEC 2.1 row 1, 2.4 row 1, 2.8',
  ],
  'mixedmap-zeropage': [
    'VM_MIXEDMAP VMA without a special mark to look at: the shared zeropage is mapped uncounted',
    PTE,
    'SPEC 2.2',
  ],
  'mixedmap-page': [
    'VM_MIXEDMAP VMA without a special mark to look at: every pfn with a struct page is a page, nothing else is asked',
    SHARED,
    'SPEC 2.1 row 2, 2.4 row 2',
  ],
  'mixedmap-memmap': [
    'VM_MIXEDMAP VMA without a special mark to look at: the pfn has a struct page',
    SHARED,
    'SPEC 2.8 row 2, 2.10 patch 1',
  ],
  'pfnmap-linear': [
    'VM_PFNMAP VMA without a special mark to look at, and the pfn is the one that vm_pgoff puts at this address: remap_pfn_range() mapped it raw',
    SHARED,
    'SPEC 2.1 row 3, 2.4 row 3, 2.8',
  ],
  'pfnmap-not-cow': [
    'VM_PFNMAP VMA that is never copied on write: every entry is a raw pfn',
    SHARED,
    'SPEC 2.1 row 4, 2.4 row 4, 2.8',
  ],
  'pfnmap-cow-off-line': [
    'private VM_PFNMAP VMA, and the pfn is not the one that vm_pgoff puts at this address: a copy made by a write fault',
    SHARED,
    'SPEC 2.1, 2.4, 2.8',
  ],
  'pfnmap-cow-no-memmap': [
    'private VM_PFNMAP VMA, and the pfn has no struct page: not a copy, a raw pfn',
    RFC_COW,
    'SPEC 2.11',
  ],
  'pfnmap-cow-not-anon': [
    'private VM_PFNMAP VMA, and the pfn is no anonymous memory: not a copy, a raw pfn',
    RFC_COW,
    'SPEC 2.11',
  ],
  'pfnmap-cow-anon': [
    'private VM_PFNMAP VMA, and the pfn is anonymous memory: taken for a copy made by a write fault',
    RFC_COW,
    'SPEC 2.11, 15.6',
  ],
  'devmap-pmd': [
    'PMD with the devmap mark: device memory whose pages are not counted per mapping',
    PMD,
    'SPEC 2.4 row 5',
  ],
  zeropage: [
    'the pfn is the shared zeropage, which is mapped uncounted',
    SHARED,
    'SPEC 2.1 row 5, 2.8 row 5',
  ],
  'huge-zero': [
    'the pfn lies in the huge zero folio, which is mapped uncounted',
    SHARED,
    'SPEC 2.4 row 6, 2.6, 2.8 row 5',
  ],

  // the frame itself
  'above-highest-reported': [
    'the pfn is above highest_memmap_pfn: no memory is there, reported as a bad page map',
    SHARED,
    'SPEC 2.1 CHECK, 2.8 CHECK',
  ],
  'above-highest-silent': [
    'the pfn of the PMD is above highest_memmap_pfn: no memory is there; nothing is reported',
    PMD,
    'SPEC 2.4 row 7',
  ],
  'page-of-frame': [
    'the pfn is not above highest_memmap_pfn: the entry maps the page of that frame',
    SHARED,
    'SPEC 2.1 CHECK, 2.8 CHECK',
  ],
  'page-unchecked': [
    'this kernel checks no bound: the entry is taken to map the page of its frame',
    RFC,
    'SPEC 2.10 patch 1',
  ],

  // functions that do not exist
  'no-pud-form': ['this kernel has no vm_normal_page_pud()', 'include/linux/mm.h', 'SPEC 2.7'],
  'no-folio-pud-form': [
    'no kernel has vm_normal_folio_pud()',
    'include/linux/mm.h',
    'SPEC 2, SPEC-7.2 2.14',
  ],
  'no-pmd-form': [
    'this kernel is built without huge pages: it has no vm_normal_page_pmd()',
    'include/linux/mm.h',
    'SPEC 2.5',
  ],

  // warnings (CONFIG_DEBUG_VM)
  'zero-as-normal': [
    'warning: a zeropage or a page of the huge zero folio is handed out as a normal page',
    SHARED,
    'SPEC 2.2, 2.8 CHECK',
  ],
  'pfn-without-memmap': [
    'warning: the pfn has no struct page, so the page handed out is a wild pointer',
    RFC,
    'SPEC 2.10 patch 1',
  ],
  'special-in-plain-vma': [
    'warning: special entry in a VMA that is neither VM_PFNMAP nor VM_MIXEDMAP',
    'mm/memory.c vm_normal_page_pmd(), vm_normal_page_pud()',
    'SPEC 2.10 patches 10 and 13',
  ],
} as const satisfies Readonly<Record<string, RuleText>>;

/** Id of a rule. */
export type RuleId = keyof typeof TEXTS;

/** Ids of the warnings that DEBUG_VM adds to an answer. */
export const WARNING_IDS = [
  'zero-as-normal',
  'pfn-without-memmap',
  'special-in-plain-vma',
] as const satisfies readonly RuleId[];
/** Id of a warning. */
export type WarningId = (typeof WARNING_IDS)[number];

/** All rules by id. */
export const RULES: Readonly<Record<RuleId, Rule>> = Object.fromEntries(
  Object.entries(TEXTS).map(([id, [sentence, kernel, spec]]) => [
    id,
    { id, sentence, source: { kernel, spec } },
  ]),
) as Record<RuleId, Rule>;

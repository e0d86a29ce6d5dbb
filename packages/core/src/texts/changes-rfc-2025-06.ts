import type { RFC_2025_06_CHANGES } from '../kernel/changes-rfc-2025-06.js';
import type { ChangeText } from './change-text.js';

/** What the patches of RFC-SERIES do, titles as in SERIES.md (SPEC 2.10 to 2.12). */
export const RFC_2025_06_TEXTS: Readonly<Record<keyof typeof RFC_2025_06_CHANGES, ChangeText>> = {
  'drop-bound-check': {
    subject: 'mm/memory: drop highest_memmap_pfn sanity check in vm_normal_page()',
    source: 'SPEC 2.10 patch 1, 15.10',
    claim: 'The check hardly ever triggers, and a warning of DEBUG_VM can take its place.',
    effect:
      'A pfn above highest_memmap_pfn is neither reported nor refused; DEBUG_VM warns when it has no memmap.',
  },
  'drop-highest-memmap-pfn': {
    subject: 'mm: drop highest_memmap_pfn',
    source: 'SPEC 2.10 patch 2',
    effect: 'Nothing reads the variable any more, so removing it changes no answer.',
    unobservable: true,
  },
  'compare-only-present': {
    subject: 'mm: compare pfns only if the entry is present when inserting pfns/pages',
    source: 'SPEC 2.10 patch 3, 15.7',
    claim: 'A cleanup: in practice no harm is expected to have come of it.',
    effect: 'Insertion never compares its pfn with the bits of a non-present entry.',
  },
  'insert-pmd-owns-lock': {
    subject: 'mm/huge_memory: move more common code into insert_pmd()',
    source: 'SPEC 2.10 patch 4',
    effect: 'A huge insertion that breaks two rules at once is answered by the other rule.',
  },
  'insert-pud-owns-lock': {
    subject: 'mm/huge_memory: move more common code into insert_pud()',
    source: 'SPEC 2.10 patch 5',
    effect: 'As insert-pmd-owns-lock, for a PUD.',
  },
  'huge-zero-by-insert-folio': {
    subject: 'mm/huge_memory: support huge zero folio in vmf_insert_folio_pmd()',
    source: 'SPEC 2.10 patch 6, 3.14',
    effect: 'Inserting the huge zero folio takes no reference, mapcount or counter.',
  },
  'dax-huge-zero-by-insert-folio': {
    subject: 'fs/dax: use vmf_insert_folio_pmd() to insert the huge zero folio',
    source: 'SPEC 2.10 patch 7, 3.16, 15.8',
    claim: 'In the unlikely case that something is mapped already, NOPAGE should be fine.',
    effect: 'A DAX hole over an occupied PMD answers VM_FAULT_NOPAGE instead of VM_FAULT_FALLBACK.',
  },
  'huge-zero-pmd-special': {
    subject: 'mm/huge_memory: mark PMD mappings of the huge zero folio special',
    source: 'SPEC 2.10 patch 8, 10.4, 15.9',
    claim: 'Marked as the shared zeropage is, so that the lookups can be put together.',
    effect:
      'A PMD of the huge zero folio is special where pmd_special() exists; GUP-fast then refuses it.',
  },
  'is-huge-zero-pfn': {
    subject: 'mm/memory: introduce is_huge_zero_pfn() and use it in vm_normal_page_pmd()',
    source: 'SPEC 2.10 patch 9, 2.6',
    effect:
      'Any pfn inside the huge zero folio counts as huge zero, not its first one alone; a PMD that maps memory has no bits for the others, so its answers stay.',
    unobservable: true,
  },
  'common-normal-page': {
    subject: 'mm/memory: factor out common code from vm_normal_page_*()',
    source: 'SPEC 2.10 patch 10, 18.2',
    claim: 'No functional change is intended.',
    effect:
      'All levels share one helper: with the PTE special mark, an entry without it is normal in every VMA; both zero kinds are looked for at every level.',
  },
  'drop-linear-cow-rule': {
    subject: 'mm: remove "horrible special case to handle copy-on-write behaviour"',
    source: 'SPEC 2.11, 15.5, 15.6',
    claim:
      'vm_pgoff is left alone; with a special mark there is nothing to look up, and the check at insertion is a safety net.',
    effect:
      'Without a special mark, a copy in a private VM_PFNMAP VMA is told by asking whether the pfn is anonymous memory, not by comparing it with vm_pgoff.',
  },
  'drop-pmd-addr-parameter': {
    subject: 'mm: drop addr parameter from vm_normal_*_pmd()',
    source: 'SPEC 2.10 patch 12',
    effect:
      'The address was needed for the comparison with vm_pgoff alone; only the signature changes.',
    unobservable: true,
  },
  'normal-page-pud': {
    subject: 'mm: introduce and use vm_normal_page_pud()',
    source: 'SPEC 2.10 patch 13, 5.9',
    effect: 'vm_normal_page_pud() exists, and folio_walk_start() asks it.',
  },
  'find-normal-page': {
    subject: 'mm: rename vm_ops->find_special_page() to vm_ops->find_normal_page()',
    source: 'SPEC 2.10 patch 14, 13',
    effect: 'The hook exists only with CONFIG_FIND_NORMAL_PAGE, under its new name.',
  },
};

import type { ZEROPAGE_CHANGES } from '../kernel/changes-zeropage.js';
import type { ChangeText } from './change-text.js';

/** What the patches of ZEROPAGE-SERIES do, titles as in SERIES.md (SPEC 23.5). */
export const ZEROPAGE_TEXTS: Readonly<Record<keyof typeof ZEROPAGE_CHANGES, ChangeText>> = {
  'zeropage-forbidden-by-mm': {
    source: 'SPEC 3.2, 23.5',
    effect:
      's390x: zeropages of a process that gives up sharing are replaced by pages of its own, and it is refused where nothing can replace them; before, they were just taken away.',
  },
  'large-mapcount': {
    source: 'SPEC 1.2, 22 errata 3',
    effect:
      'Large folios count all mappings in one field; only partly mapped ones are queued for a split.',
  },
  'page-count-in-validation': {
    subject: 'mm/memory: move page_count() check into validate_page_before_insert()',
    source: 'SPEC 23.5 zeropage-v2/1, 15.38',
    effect:
      'The reference count is tested after VM_MIXEDMAP was set, in every insertion of a page.',
  },
  'zeropage-support': {
    subject:
      'mm/memory: cleanly support zeropage in vm_insert_page*(), vm_map_pages*() and vmf_insert_mixed()',
    source: 'SPEC 23.5 zeropage-v2/2, 2.2, 3.1 to 3.3, 3.10',
    effect:
      'The zeropage is inserted special and uncounted where the VMA allows it; vm_normal_page() filters it in VM_MIXEDMAP VMAs without a special mark, and warns before it returns one. What vmf_insert_mixed() may not insert is SIGBUS, where it was a BUG.',
    inferred: true,
  },
  'zeropage-in-readonly-vma': {
    source: 'SPEC 3.2 row 3, 15.37',
    effect: 'Never-writable VMAs may hold the zeropage (v1 of the series said no).',
    inferred: true,
  },
  'zeropage-rmap-check': {
    subject: 'mm/rmap: sanity check that zeropages are not passed to RMAP',
    source: 'SPEC 23.5 zeropage-v2/3, 9.2',
    effect: 'DEBUG_VM warns when the zeropage reaches the rmap functions; no caller does that.',
  },
};

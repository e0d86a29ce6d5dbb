import type { NEVER_POSTED_CHANGES } from '../kernel/changes-never-posted.js';
import type { ChangeText } from './change-text.js';

/** What review named and nobody posted (SERIES.md). */
export const NEVER_POSTED_TEXTS: Readonly<Record<keyof typeof NEVER_POSTED_CHANGES, ChangeText>> = {
  'cow-fault-needs-special': {
    source: 'SPEC 2.11, 15.6',
    effect:
      'Never posted: a write fault of a private VM_PFNMAP VMA is answered SIGBUS without a special mark for PTEs.',
  },
  'anonymous-folio-fits-vma': {
    source: 'SPEC 2.11, 15.6',
    effect:
      'Never posted: an anonymous folio counts as a copy of a private VM_PFNMAP VMA only where its anon_vma and index are of this VMA.',
  },
  'no-cow-pfnmap': {
    source: 'SPEC 2.11, 15.5, 15.6',
    effect: 'Never posted: a private writable VM_PFNMAP mapping is refused when it is made.',
  },
  'no-anonymous-check-at-insertion': {
    source: 'SPEC 2.11, 15.4',
    effect:
      'Never posted: inserting the frame of an anonymous page into a private VM_PFNMAP VMA is not refused.',
  },
  'page-cache-holds-dax-page': {
    source: 'SPEC 23.3 item 21, 15.36',
    effect:
      'Never posted: an entry of the page cache holds a reference on its DAX pages, as it does on others.',
  },
};

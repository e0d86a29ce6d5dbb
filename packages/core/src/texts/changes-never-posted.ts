import type { NEVER_POSTED_CHANGES } from '../kernel/changes-never-posted.js';
import type { ChangeText } from './change-text.js';

/** What review named and nobody posted (SERIES.md). */
export const NEVER_POSTED_TEXTS: Readonly<Record<keyof typeof NEVER_POSTED_CHANGES, ChangeText>> = {
  'cow-fault-needs-special': {
    source: 'SPEC 2.11, 15.6',
    effect:
      'Never posted: without a special mark for PTEs, a write fault of a private VM_PFNMAP VMA is answered SIGBUS, and none of its entries is ever taken for a copy.',
  },
  'anonymous-folio-fits-vma': {
    source: 'SPEC 2.11, 15.6',
    effect:
      'Never posted: an anonymous folio counts as a copy in a private VM_PFNMAP VMA only where its root anon_vma and its index say that it lies at this address.',
  },
  'no-cow-pfnmap': {
    source: 'SPEC 2.11, 15.5, 15.6',
    effect:
      'Never posted: a private VM_PFNMAP mapping that may be written is refused when it is made, and so is each frame that a fault handler would put into one.',
  },
  'no-anonymous-check-at-insertion': {
    source: 'SPEC 2.11, 15.4',
    effect:
      'Never posted: inserting the frame of an anonymous page into a private VM_PFNMAP VMA is not refused.',
  },
  'page-cache-holds-dax-page': {
    source: 'SPEC 23.3 item 21, 15.36',
    effect:
      'Never posted: an entry of a DAX file holds a reference on its page, as the page cache does on others: the last reference of a user wakes nobody, and files that share a block wait for each other.',
  },
};

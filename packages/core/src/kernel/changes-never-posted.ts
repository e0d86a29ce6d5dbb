import type { ChangeLinks } from './change.js';

/**
 * What the review of a series named and nobody posted. No revision has them: a kernel of one's own
 * adds one to a revision (SERIES.md, the questions of RFC-SERIES and DAX-SERIES).
 */
export const NEVER_POSTED_CHANGES = {
  'cow-fault-needs-special': {},
  'anonymous-folio-fits-vma': {
    requires: ['drop-linear-cow-rule'],
  },
  'no-cow-pfnmap': {},
  'no-anonymous-check-at-insertion': {
    requires: ['drop-linear-cow-rule'],
  },
  'page-cache-holds-dax-page': {
    requires: ['fsdax-refcounted'],
  },
} as const satisfies Readonly<Record<string, ChangeLinks>>;

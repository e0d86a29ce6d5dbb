import type { HeaderGeneration } from '../form/level.js';
import { fail, ok, type Result } from '../outcome.js';
import type { ChangeId } from './changes.js';
import { RFC_2025_06_CHANGES } from './changes-rfc-2025-06.js';

/** A kernel whose behaviour is known: another one, less some changes, plus some. */
export interface Revision {
  readonly id: string;
  /** Its name in the tables of SPEC 0.2. */
  readonly specId: string;
  /** Generation of its headers: how its entries are encoded. */
  readonly headers: HeaderGeneration;
  /** The revision that it builds on; null for the oldest. */
  readonly basedOn: string | null;
  /** Changes of its base that it does not have. */
  readonly undoes: readonly string[];
  /** What it adds, in order. */
  readonly changes: readonly string[];
}

/** A revision whose ids the compiler has checked. */
type Checked = Revision & { undoes: readonly ChangeId[]; changes: readonly ChangeId[] };

/** Patches of the RFC in order; patch N is number N - 1. */
const RFC_PATCHES = Object.keys(RFC_2025_06_CHANGES) as (keyof typeof RFC_2025_06_CHANGES)[];

/** rfc-2025-06/0 is v6.17 without patch 9, whose content v6.17 had already; /N adds patch N. */
const RFC_2025_06: readonly Checked[] = [undefined, ...RFC_PATCHES].map((patch, n) => ({
  id: `rfc-2025-06/${n}`,
  specId: `r4.${n}`,
  headers: '6.12',
  basedOn: n === 0 ? 'v6.17' : `rfc-2025-06/${n - 1}`,
  undoes: n === 0 ? ['is-huge-zero-pfn'] : [],
  changes: patch === undefined ? [] : [patch],
}));

/** All revisions, bases before what is built on them. They branch: the RFC is no base of v6.18. */
const CHECKED: readonly Checked[] = [
  {
    id: 'v6.1',
    specId: 'r0b',
    headers: '6.1',
    basedOn: null,
    undoes: [],
    changes: ['remap-cleans-up', 'zap-pmd-dirties-folio', 'anon-vma-counters'],
  },
  {
    id: 'v6.9',
    specId: 'r1',
    headers: '6.12',
    basedOn: 'v6.1',
    undoes: ['remap-cleans-up', 'zap-pmd-dirties-folio'],
    changes: [
      'longterm-breaks-cow',
      'file-write-pin-refused',
      'shadow-stack-vma',
      'p2pdma-refused',
      'manual-write-upgrade',
      'rmap-by-level',
      'smaps-walks-pfnmap',
      'smaps-shares-absent',
      'ksm-marks-zeropages',
      'fork-batches',
      'recency-by-both-hints',
    ],
  },
  {
    id: 'v6.12',
    specId: 'r2',
    headers: '6.12',
    basedOn: 'v6.9',
    undoes: [],
    changes: [
      'remap-cleans-up',
      'page-count-in-validation',
      'zeropage-support',
      'zeropage-in-readonly-vma',
      'zeropage-rmap-check',
      'huge-pfnmap',
      'mixed-not-ok-sigbus',
      'folio-walk',
      'gup-grabs-folios',
      'gup-refuses-hugetlb-split',
      'gup-fast-checks-secretmem-folio',
      'large-mapcount',
      'swap-in-maps-writable',
      'zap-pmd-dirties-folio',
      'gntdev-clears-maywrite',
      'fuse-dax-whole-file',
      'new-anon-rmap-flags',
      'rmap-counts-by-owner',
      'deferred-split-partly-mapped',
      'migration-uses-zeropage',
    ],
  },
  {
    id: 'v6.17',
    specId: 'r3',
    headers: '6.12',
    basedOn: 'v6.12',
    undoes: ['zap-pmd-dirties-folio', 'gntdev-clears-maywrite'],
    changes: [
      'guard-markers',
      'huge-zero-replaced-on-write',
      'follow-write-common',
      'insert-page-mkwrite',
      'vmf-insert-page-mkwrite',
      'rmap-pud',
      'insert-folio-huge',
      'fsdax-not-longterm',
      'pagemap-first-page-decides',
      'dirty-folio-mapped-dirty',
      'dax-refcounted',
      'pxx-devmap-removed',
      'devmap-bit-removed',
      'mm-ids',
      'pincount-by-order',
      'one-device-exclusive-type',
      'anon-vma-refcount-check',
      'merge-into-unfaulted',
      'lazyfree-kept-if-dirty',
      'huge-zero-overwrites',
      'mmap-prepare-in-report',
      'mprotect-batches',
      'zap-pmd-marks-accessed',
      'dontneed-frees-tables',
      'is-huge-zero-pfn',
    ],
  },
  ...RFC_2025_06,
  {
    id: 'v6.18',
    specId: 'r5',
    headers: '6.12',
    basedOn: 'v6.17',
    undoes: [],
    changes: [
      'insert-pmd-owns-lock',
      'insert-pud-owns-lock',
      'huge-zero-by-insert-folio',
      'dax-huge-zero-by-insert-folio',
      'huge-zero-pmd-special',
      'fork-keeps-huge-zero',
      'pgtable-level-enum',
      'bad-page-map-report',
      'common-normal-page',
      'normal-page-by-level',
      'normal-page-pud',
      'find-normal-page',
      'slab-is-page-type',
      'persistent-huge-zero',
      'pagemap-none-unwritten',
    ],
  },
  {
    id: 'v6.18-fixed',
    specId: 'r5f',
    headers: '6.12',
    basedOn: 'v6.18',
    undoes: [],
    changes: ['special-per-level', 'device-zap-checks-folio'],
  },
  {
    id: 'v7.2',
    specId: 'r6',
    headers: '7.2',
    basedOn: 'v6.18-fixed',
    undoes: [],
    changes: [
      'zap-pmd-dirties-folio',
      'zap-pmd-by-normal-page',
      'special-huge-without-file',
      'fork-by-destination-flags',
      'device-private-pmd',
      'anon-vma-reuse-in-fork-only',
      'anon-walks-hold-folio-lock',
      'folio-walk-without-migration',
      'remap-sets-flags-first',
      'insert-pages-warns',
      'special-zap-takes-mixedmap',
      'numa-filter-shared',
      'sticky-vma-flags',
      'swap-in-always-cached',
      'pagemap-none-written',
      'gntdev-takes-map-back',
      'huge-zero-underflow-warns',
    ],
  },
];

/** The revisions that Pagewright knows, bases first (DESIGN 2, Kernel). */
export const REVISIONS: readonly Revision[] = CHECKED;

/** A revision by id; an unknown one is answered `unknown-revision` with the list of those known. */
export function findRevision(id: string): Result<Revision> {
  const found = REVISIONS.find((revision) => revision.id === id);
  if (found !== undefined) return ok(found);
  const known = REVISIONS.map((revision) => revision.id).join(', ');
  return fail('unknown-revision', `unknown kernel revision "${id.slice(0, 40)}"; known: ${known}`, {
    revision: id.slice(0, 40),
  });
}

import type { HeaderGeneration } from '../form/level.js';
import { fail, ok, type Result } from '../outcome.js';
import type { ChangeId } from './changes.js';
import { DAX_MERGED_CHANGES } from './changes-dax-v6.js';
import { DAX_V6_ORDER, SERIES } from './series.js';

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

/** The states of a series, each built on the one before; some hang on a release. */
function statesOf(name: string): readonly Checked[] {
  const series = SERIES.find((each) => each.name === name);
  return (series?.states ?? []).map((state, i, states) => ({
    id: `${name}/${state.name}`,
    specId: `${series?.specId}${state.name}`,
    headers: series?.headers ?? '6.12',
    basedOn: i === 0 ? (series?.on ?? null) : `${name}/${states[i - 1]?.name}`,
    undoes: i === 0 ? (series?.undoes ?? []) : [],
    changes: [...state.companions, ...state.changes],
  }));
}

/** All revisions, bases before what is built on them. They branch: no series is a base of the release that took it up, but RMAP-LOG of v6.1. */
const CHECKED: readonly Checked[] = [
  { id: 'v5.18', specId: 'r0', headers: '6.1', basedOn: null, undoes: [], changes: [] },
  ...statesOf('rmap-log'),
  {
    id: 'v6.1',
    specId: 'r0b',
    headers: '6.1',
    basedOn: 'rmap-log/10',
    undoes: [],
    changes: [
      'fork-copies-watched-vmas',
      'pte-markers',
      'unuse-keeps-marks',
      'wp-huge-pud-splits',
      'force-write-needs-exclusive',
      'copy-survives-poison',
      'private-write-upgrade',
      'smaps-absent-not-aged',
      'gup-refuses-hugetlb-force',
      'share-barriers',
      'migration-keeps-age',
      'pagemap-pmd-of-file',
      'zeropage-not-pinned',
      'huge-zero-split-keeps-uffd-wp',
      'migration-pmd-keeps-uffd-wp',
      'dax-writeback-mkclean',
      'remap-cleans-up',
      'zap-pmd-dirties-folio',
    ],
  },
  {
    id: 'v6.9',
    specId: 'r1',
    headers: '6.12',
    basedOn: 'v6.1',
    undoes: ['remap-cleans-up', 'zap-pmd-dirties-folio'],
    changes: [
      'split-keeps-dirty',
      'longterm-breaks-cow',
      'migration-batches-flushes',
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
  ...statesOf('zeropage-v1'),
  ...statesOf('zeropage-v2'),
  {
    id: 'v6.12',
    specId: 'r2',
    headers: '6.12',
    basedOn: 'v6.9',
    undoes: [],
    changes: [
      'fork-survives-poison',
      'remap-cleans-up',
      'zeropage-forbidden-by-mm',
      'page-count-in-validation',
      'zeropage-support',
      'zeropage-in-readonly-vma',
      'zeropage-rmap-check',
      'huge-pfnmap',
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
      'swap-free-reports-nothing',
      'migration-uses-zeropage',
      'p2pmem-failure-drops-user',
    ],
  },
  ...statesOf('dax-v6'),
  {
    id: 'v6.17',
    specId: 'r3',
    headers: '6.12',
    basedOn: 'v6.12',
    undoes: ['zap-pmd-dirties-folio', 'gntdev-clears-maywrite', 'p2pmem-failure-drops-user'],
    changes: [
      'guard-markers',
      'huge-zero-replaced-on-write',
      'follow-write-common',
      'dontneed-frees-tables',
      ...DAX_V6_ORDER.filter((id) => id !== 'fuse-dax-whole-file'),
      ...(Object.keys(DAX_MERGED_CHANGES) as (keyof typeof DAX_MERGED_CHANGES)[]),
      'pagemap-first-page-decides',
      'dirty-folio-mapped-dirty',
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
      'is-huge-zero-pfn',
      'shared-pin-warns',
    ],
  },
  ...statesOf('rfc-2025-06'),
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
    changes: [
      'special-per-level',
      'device-zap-checks-folio',
      'p2pmem-failure-drops-user',
      'p2pmem-failure-resets-count',
      'p2pmem-warns-of-references',
    ],
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
      'dax-folio-put-clears-word',
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

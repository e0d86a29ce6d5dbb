import type { HeaderGeneration } from '../form/level.js';
import type { ChangeId } from './changes.js';
import { RFC_2025_06_CHANGES } from './changes-rfc-2025-06.js';
import { RMAP_LOG_COMPANIONS } from './changes-rmap-log.js';

/** A state of a series: after a patch, or beside one. */
export interface SeriesState {
  /** What stands behind the slash of its revision: `0` for the base, mostly the patch's number. */
  readonly name: string;
  /** Number of the patch that it adds, from 1; the base and `7x` add none. */
  readonly patch?: number;
  /** Changes that the patch is, in order; several where parts of it can be switched apart. */
  readonly changes: readonly ChangeId[];
  /** What had to come along from outside the series, before the patch. */
  readonly companions: readonly ChangeId[];
}

/** A patch series as a row of revisions, `name/0` being what it was posted on. */
export interface Series {
  /** The part of its revisions' names before the slash. */
  readonly name: string;
  /** Revision that it hangs on, and what its base lacks of it. */
  readonly on: string;
  readonly undoes: readonly ChangeId[];
  /** Generation of its headers. */
  readonly headers: HeaderGeneration;
  /** What stands before a state's name in the tables of SPEC 0.2. */
  readonly specId: string;
  readonly states: readonly SeriesState[];
}

/** States of a series whose patches come one by one; `base` is what its base adds. */
const oneByOne = (
  base: readonly ChangeId[],
  patches: readonly (ChangeId | readonly ChangeId[])[],
): readonly SeriesState[] => [
  { name: '0', changes: [], companions: base },
  ...patches.map((patch, i) => ({
    name: `${i + 1}`,
    patch: i + 1,
    changes: typeof patch === 'string' ? [patch] : patch,
    companions: [],
  })),
];

/** Patches of the RFC in order; patch N is number N - 1. */
const RFC_PATCHES = Object.keys(RFC_2025_06_CHANGES) as (keyof typeof RFC_2025_06_CHANGES)[];

const { c2, c6, c7a, c7b } = RMAP_LOG_COMPANIONS;

/** `rmap-log/7` cannot do without c2 and c6; patch 8 came after c7a and c7b: `7x` (SPEC 24.0). */
const RMAP_LOG_STATES: readonly SeriesState[] = oneByOne(
  [],
  [
    'pfn-mkclean-range',
    'split-page-dup-rmap',
    'rmap-flags-type',
    'drop-do-page-add-anon-rmap',
    'hugepage-add-anon-rmap-flags',
    'new-anon-rmap-asks-page',
    'anon-exclusive',
    'rmap-try-lock',
    'page-vma-walk-parameter',
    'anon-vma-counters',
  ],
).flatMap((state) =>
  state.patch === 7
    ? [
        { ...state, companions: [c2, c6] },
        { name: '7x', changes: [], companions: [c7a, c7b] },
      ]
    : [state],
);

/** DAX-SERIES v6: patch N is number N - 1 (SPEC 23.3); a row of SPEC 23.2 is a change. */
const DAX_V6_PATCHES: readonly (ChangeId | readonly ChangeId[])[] = [
  'fuse-dax-whole-file',
  'dax-scan-without-vma',
  'dax-scan-waits-for-locked',
  'dax-wait-on-page',
  'dax-break-mapping',
  'dax-break-removes-entries',
  'dax-eviction-waits',
  'dax-shared-by-count',
  'gup-drops-p2pdma-check',
  'p2pdma-starts-at-zero',
  'pgmap-per-folio',
  'insert-page-mkwrite',
  'vmf-insert-page-mkwrite',
  'rmap-pud',
  ['insert-folio-pud', 'dax-pud-zap-counted', 'huge-zero-zap-keeps-table'],
  'insert-folio-pmd',
  'dax-page-predicates',
  'fsdax-not-longterm',
  'clear-refs-dax-unpinned',
  'mlock-skips-device-pmd',
  ['dax-pmd-zap-counted', 'fsdax-refcounted'],
  'devdax-refcounted',
  'pxx-devmap-removed',
  'devmap-bit-removed',
  'riscv-devmap-removed',
  'loongarch-devmap-removed',
];

/** Everything that DAX-SERIES v6 changes, in order. */
export const DAX_V6_ORDER: readonly ChangeId[] = DAX_V6_PATCHES.flat();

/** The series that Pagewright knows patch by patch (SERIES.md). */
export const SERIES: readonly Series[] = [
  {
    name: 'rmap-log',
    on: 'v5.18',
    undoes: [],
    headers: '6.1',
    specId: 'r0.',
    states: RMAP_LOG_STATES,
  },
  {
    name: 'zeropage-v1',
    on: 'v6.9',
    undoes: [],
    headers: '6.12',
    specId: 'zeropage-v1/',
    states: oneByOne([], ['zeropage-support', 'zeropage-rmap-check']),
  },
  {
    name: 'zeropage-v2',
    on: 'v6.9',
    undoes: [],
    headers: '6.12',
    specId: 'zeropage-v2/',
    states: oneByOne(
      ['zeropage-forbidden-by-mm', 'large-mapcount'],
      [
        'page-count-in-validation',
        ['zeropage-support', 'zeropage-in-readonly-vma'],
        'zeropage-rmap-check',
      ],
    ),
  },
  {
    name: 'dax-v6',
    on: 'v6.12',
    undoes: [
      'fuse-dax-whole-file',
      'zap-pmd-dirties-folio',
      'gup-refuses-hugetlb-split',
      'gntdev-clears-maywrite',
      'p2pmem-failure-drops-user',
    ],
    headers: '6.12',
    specId: 'dax-v6/',
    states: oneByOne(
      [
        'guard-markers',
        'huge-zero-replaced-on-write',
        'follow-write-common',
        'dontneed-frees-tables',
      ],
      DAX_V6_PATCHES,
    ),
  },
  {
    name: 'rfc-2025-06',
    on: 'v6.17',
    // v6.17 had the content of patch 9 already
    undoes: ['is-huge-zero-pfn'],
    headers: '6.12',
    specId: 'r4.',
    states: oneByOne([], RFC_PATCHES),
  },
];

/** A change's place in a series: the number of its patch, or none for a companion. */
export interface SeriesPlace {
  readonly series: Series;
  readonly state: SeriesState;
}

/** Where the series have a change: in several, when versions or revisions share it. */
export const placesOf = (id: string): readonly SeriesPlace[] =>
  SERIES.flatMap((series) =>
    series.states
      .filter(({ changes }) => changes.some((change) => change === id))
      .map((state) => ({ series, state })),
  );

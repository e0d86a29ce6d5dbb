import type { HeaderGeneration } from '../form/level.js';
import { idsOf } from './change.js';
import type { ChangeId } from './changes.js';
import { DAX_V6_CHANGES } from './changes-dax-v6.js';
import { CHANGES_TO_6_14 } from './changes-mainline.js';
import { RFC_2025_06_CHANGES } from './changes-rfc-2025-06.js';
import { RMAP_LOG_CHANGES, RMAP_LOG_COMPANIONS } from './changes-rmap-log.js';

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

const { c2, c6, c7a, c7b } = RMAP_LOG_COMPANIONS;

/** `rmap-log/7` cannot do without c2 and c6; patch 8 came after c7a and c7b: `7x` (SPEC 24.0). */
const RMAP_LOG_STATES: readonly SeriesState[] = oneByOne([], idsOf(RMAP_LOG_CHANGES)).flatMap(
  (state) =>
    state.patch === 7
      ? [
          { ...state, companions: [c2, c6] },
          { name: '7x', changes: [], companions: [c7a, c7b] },
        ]
      : [state],
);

/** Patches of DAX-SERIES v6 that are several changes, and how many: a row of SPEC 23.2 is a change. */
const DAX_V6_PARTS: Readonly<Record<number, number>> = { 15: 3, 21: 2 };
const daxIds = idsOf(DAX_V6_CHANGES);
const DAX_V6_PATCHES = Array.from({ length: 26 }, (_, i) =>
  daxIds.splice(0, DAX_V6_PARTS[i + 1] ?? 1),
);

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
    states: oneByOne(idsOf(CHANGES_TO_6_14), DAX_V6_PATCHES),
  },
  {
    name: 'rfc-2025-06',
    on: 'v6.17',
    // v6.17 had the content of patch 9 already
    undoes: ['is-huge-zero-pfn'],
    headers: '6.12',
    specId: 'r4.',
    states: oneByOne([], idsOf(RFC_2025_06_CHANGES)),
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

import type { HeaderGeneration } from '../form/level.js';
import { fail, ok, type Result } from '../outcome.js';
import { idsOf } from './change.js';
import type { ChangeId } from './changes.js';
import { DAX_MERGED_CHANGES, DAX_V6_CHANGES } from './changes-dax-v6.js';
import {
  BACKPORTED_CHANGES,
  CHANGES_OF_6_18_Y,
  CHANGES_TO_6_1,
  CHANGES_TO_6_9,
  CHANGES_TO_6_12,
  CHANGES_TO_6_14,
  CHANGES_TO_6_17,
  CHANGES_TO_6_18,
  CHANGES_TO_7_2,
} from './changes-mainline.js';
import { ZEROPAGE_CHANGES } from './changes-zeropage.js';
import { SERIES } from './series.js';

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
      ...idsOf(CHANGES_TO_6_1),
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
    changes: idsOf(CHANGES_TO_6_9),
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
      ...idsOf(ZEROPAGE_CHANGES),
      ...idsOf(CHANGES_TO_6_12),
      'fuse-dax-whole-file',
      ...idsOf(BACKPORTED_CHANGES),
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
      ...idsOf(CHANGES_TO_6_14),
      ...idsOf(DAX_V6_CHANGES).filter((id) => id !== 'fuse-dax-whole-file'),
      ...idsOf(DAX_MERGED_CHANGES),
      ...idsOf(CHANGES_TO_6_17),
      'is-huge-zero-pfn',
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
      'common-normal-page',
      'normal-page-pud',
      'find-normal-page',
      ...idsOf(CHANGES_TO_6_18),
    ],
  },
  {
    id: 'v6.18-fixed',
    specId: 'r5f',
    headers: '6.12',
    basedOn: 'v6.18',
    undoes: [],
    changes: [...idsOf(CHANGES_OF_6_18_Y), 'p2pmem-failure-drops-user'],
  },
  {
    id: 'v7.2',
    specId: 'r6',
    headers: '7.2',
    basedOn: 'v6.18-fixed',
    undoes: [],
    changes: ['zap-pmd-dirties-folio', ...idsOf(CHANGES_TO_7_2)],
  },
];

/** The revisions that Pagewright knows, bases first (DESIGN 2, Kernel). */
export const REVISIONS: readonly Revision[] = CHECKED;

/** All ids in words, the states of a series by its first and its last. */
export const knownRevisions = (): string =>
  REVISIONS.flatMap(({ id }) => {
    const series = SERIES.find(({ name }) => id.startsWith(`${name}/`));
    if (series === undefined) return [id];
    return id.endsWith('/0') ? [`${id} to /${series.states.at(-1)?.name}`] : [];
  }).join(', ');

/** A revision by id; an unknown one is answered `unknown-revision` with the list of those known. */
export function findRevision(id: string): Result<Revision> {
  const found = REVISIONS.find((revision) => revision.id === id);
  if (found !== undefined) return ok(found);
  const shown = id.slice(0, 40);
  return fail(
    'unknown-revision',
    `unknown kernel revision "${shown}"; known: ${knownRevisions()}`,
    { revision: shown },
  );
}

import type { KnownFix } from './diagnosis.js';
import type { FindingId } from './findings.js';

interface Fix extends KnownFix {
  /** Readings that look alike. */
  readonly like: readonly FindingId[];
}

/** Commits that mended something of the kind; every id stands in the source that is named. */
const FIXES: readonly Fix[] = [
  {
    commit: '98c183a4fccf',
    subject: "don't disassociate zero page entries",
    source: 'SPEC 15.33; the text of dax-zero-entries-left-alone',
    like: ['device-page-counted'],
  },
  {
    commit: 'dd59137bfe70',
    subject: "fs/dax: Fix don't skip locked entries",
    source: 'SPEC 15.19; the text of dax-scan-same-entry',
    like: ['device-page-counted'],
  },
  {
    commit: 'f39edcf6349a',
    subject: 'a table that CONFIG_PT_RECLAIM freed while it still had entries',
    source: 'fixtures/badpage, report bp027',
    like: ['table-lost'],
  },
  {
    commit: '2555283eb40d',
    subject: 'anon_vma counts children and active VMAs apart',
    source: 'SPEC 15.11, 24.12',
    like: ['anon-vma-broken'],
  },
];

/** Fixes of what looks alike. */
export const fixesLike = (finding: FindingId): readonly KnownFix[] =>
  FIXES.filter(({ like }) => like.includes(finding)).map(({ like: _, ...fix }) => fix);

import type { KnownFix } from './diagnosis.js';
import type { FindingId } from './findings.js';

interface Fix extends KnownFix {
  /** Readings that look alike. */
  readonly like: readonly FindingId[];
}

/** Commits that mended something of the kind; every id stands in the source that is named. */
const FIXES: readonly Fix[] = [];

/** Fixes of what looks alike. */
export const fixesLike = (finding: FindingId): readonly KnownFix[] =>
  FIXES.filter(({ like }) => like.includes(finding)).map(({ like: _, ...fix }) => fix);

/** Reports that are printed before the rest of their minute is silent. */
const BURST = 60;
/** Milliseconds that a burst counts for. */
const WINDOW_MS = 60_000;

/** What the kernel remembers of its last reports (is_bad_page_map_ratelimited(); SPEC 16). */
export interface ReportLimit {
  /** Printed since the window began, and left out since. */
  readonly shown: number;
  readonly suppressed: number;
  /** When a full burst is over, in milliseconds. */
  readonly resumes: number;
}

/** Nothing was reported yet. */
export const NO_REPORTS: ReportLimit = { shown: 0, suppressed: 0, resumes: 0 };

/**
 * Asks whether a report at a time (milliseconds since boot) is printed. Answers the limit afterwards;
 * `reportsSuppressed` is the number that the line before the report tells, 0 for no such line.
 */
export function admitReport(
  limit: ReportLimit,
  now: number,
): { readonly limit: ReportLimit; readonly printed: boolean; readonly reportsSuppressed: number } {
  const full = limit.shown === BURST;
  if (full && now < limit.resumes) {
    const next = { ...limit, suppressed: limit.suppressed + 1 };
    return { limit: next, printed: false, reportsSuppressed: 0 };
  }
  const shown = full ? 0 : limit.shown;
  const suppressed = full ? 0 : limit.suppressed;
  const resumes = shown === 0 ? now + WINDOW_MS : limit.resumes;
  return {
    limit: { shown: shown + 1, suppressed, resumes },
    printed: true,
    reportsSuppressed: full ? limit.suppressed : 0,
  };
}

/** The line that tells how many reports were left out. */
export const suppressedLine = (count: number): string =>
  `BUG: Bad page map: ${count} messages suppressed`;

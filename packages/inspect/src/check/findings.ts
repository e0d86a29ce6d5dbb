import { FINDINGS, type Finding, type FindingEvidence, type FindingId } from './finding.js';

/** Findings that are listed; one place of each kind and table is one. */
const MOST_FINDINGS = 2000;

/** Findings as they come; those of one kind about one table of a process become one. */
export class Findings {
  private readonly byPlace = new Map<string, Finding>();
  private unlisted = 0;

  /** @param explained a race may explain it, although the kind is an error otherwise */
  add(id: FindingId, detail: string, evidence: FindingEvidence, explained = false): void {
    const { pid, table, pfn, counter, addr } = evidence;
    const place = `${id} ${pid} ${table ?? pfn ?? counter ?? addr}`;
    const before = this.byPlace.get(place);
    if (before !== undefined) {
      this.byPlace.set(place, { ...before, count: before.count + 1 });
    } else if (this.byPlace.size >= MOST_FINDINGS) {
      this.unlisted++;
    } else {
      const { severity, invariants, sentence } = FINDINGS[id];
      const weighed = explained && severity === 'error' ? 'warning' : severity;
      this.byPlace.set(place, {
        id,
        severity: weighed,
        invariants,
        sentence,
        detail,
        evidence,
        count: 1,
      });
    }
  }

  /** Errors first, else in the order in which they were found. */
  list(): readonly Finding[] {
    if (this.unlisted > 0) {
      const { unlisted } = this;
      this.byPlace.delete('more-findings');
      const { severity, invariants, sentence } = FINDINGS['more-findings'];
      const detail = `${unlisted} more places are not listed`;
      this.byPlace.set('more-findings', {
        id: 'more-findings',
        severity,
        invariants,
        sentence,
        detail,
        evidence: {},
        count: unlisted,
      });
    }
    const all = [...this.byPlace.values()];
    return (['error', 'warning', 'note'] as const).flatMap((severity) =>
      all.filter((finding) => finding.severity === severity),
    );
  }
}

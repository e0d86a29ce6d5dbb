/** One answer that differs: where it stands, what was asked, what came. */
export interface Mismatch {
  readonly file: string;
  readonly line: number;
  /** What was asked. */
  readonly key: string;
  readonly in: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** How many mismatches are kept; all are counted. */
const KEPT = 200;

/** Counts of a comparison. `notCompared` says per key how many answers were left out, and why. */
export class Tally {
  compared = 0;
  mismatchCount = 0;
  readonly mismatches: Mismatch[] = [];
  readonly notCompared = new Map<string, { count: number; reason: string }>();

  /** Compares one answer. */
  check(at: Omit<Mismatch, 'expected' | 'got'>, expected: unknown, got: unknown): void {
    this.compared++;
    if (expected === got) return;
    this.mismatchCount++;
    if (this.mismatches.length < KEPT) this.mismatches.push({ ...at, expected, got });
  }

  /** Counts answers that agreed. */
  agreed(count: number): void {
    this.compared += count;
  }

  /** Counts answers that were not compared. */
  leaveOut(key: string, reason: string, count = 1): void {
    const known = this.notCompared.get(key);
    if (known === undefined) this.notCompared.set(key, { count, reason });
    else known.count += count;
  }

  /** Answers that were not compared, over all keys. */
  get notComparedCount(): number {
    return [...this.notCompared.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Adds another tally's counts to this one. */
  add(other: Tally): void {
    this.compared += other.compared;
    this.mismatchCount += other.mismatchCount;
    this.mismatches.push(...other.mismatches.slice(0, KEPT - this.mismatches.length));
    for (const [key, { count, reason }] of other.notCompared) this.leaveOut(key, reason, count);
  }
}

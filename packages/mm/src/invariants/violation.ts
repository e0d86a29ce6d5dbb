/** An invariant that does not hold, and the records that show it. */
export interface Violation {
  /** `I1` to `I42`. */
  readonly id: string;
  /** What is wrong here, in words. */
  readonly what: string;
  /** Numbers of records, counts found and counts expected, by name. */
  readonly evidence: Readonly<Record<string, number>>;
}

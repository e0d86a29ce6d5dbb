/** How often something is seen, as herd7 says it. */
export type LitmusVerdict = 'Always' | 'Sometimes' | 'Never';

/** What orders of steps say of a condition that they may end in. */
export interface Litmus {
  readonly condition: string;
  readonly verdict: LitmusVerdict;
  /** Orders that end as the condition says, and the others. */
  readonly positive: number;
  readonly negative: number;
}

/** What is said of a condition that so many of all orders fulfil. */
export const litmusOf = (condition: string, positive: number, total: number): Litmus => ({
  condition,
  verdict: positive === 0 ? 'Never' : positive === total ? 'Always' : 'Sometimes',
  positive,
  negative: total - positive,
});

/** A verdict as herd7 prints it. */
export const litmusLine = ({ condition, verdict, positive, negative }: Litmus): string =>
  `Observation ${condition} ${verdict} ${positive} ${negative}`;

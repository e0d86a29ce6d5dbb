import type { OrdersRun } from '@pagewright/scenario';

/** How often something is seen, as herd7 says it. */
export type LitmusVerdict = 'Always' | 'Sometimes' | 'Never';

/** What the orders of a scenario say of one of its conditions. */
export interface Litmus {
  readonly condition: string;
  readonly verdict: LitmusVerdict;
  /** Orders that end as the condition says, and the others. */
  readonly positive: number;
  readonly negative: number;
}

/** Verdicts of all conditions of a step whose parts ran in every order. */
export const litmusOf = ({ total, conditions }: OrdersRun): readonly Litmus[] =>
  conditions.map(({ name, count }) => ({
    condition: name,
    verdict: count === 0 ? 'Never' : count === total ? 'Always' : 'Sometimes',
    positive: count,
    negative: total - count,
  }));

/** A verdict as herd7 prints it. */
export const litmusLine = (name: string, { verdict, positive, negative }: Litmus): string =>
  `Observation ${name} ${verdict} ${positive} ${negative}`;

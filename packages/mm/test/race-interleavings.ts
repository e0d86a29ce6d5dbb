import { type Model, mustWait, OPERATIONS, PROGRESS, type State } from '../src/index.js';

/** A part of a race: steps of one name each, by which orders are written down. */
export interface Part {
  readonly name: string;
  readonly steps: number;
  /** Operation of the registry that each step is, and the record that it is told. */
  readonly operation: 'advance' | 'store_seen';
  readonly record: number;
}

/** An order in which the steps of all parts ran, with what each came to. */
export interface Order {
  readonly order: readonly string[];
  readonly came: readonly string[];
  readonly state: State;
}

/**
 * Runs the parts in every feasible order, each from a copy of the state. The model ends as it began.
 *
 * @param afterStep called in the state after each step
 */
export function ordersOf(
  model: Model,
  parts: readonly Part[],
  afterStep: () => void = () => {},
): Order[] {
  const found: Order[] = [];
  const visit = (left: readonly number[], order: readonly string[], came: readonly string[]) => {
    if (left.every((steps) => steps === 0)) {
      found.push({ order, came, state: model.state.copy() });
      return;
    }
    const before = model.state;
    parts.forEach((part, i) => {
      const operation = OPERATIONS.find(({ name }) => name === part.operation);
      const args = { operation: part.record };
      if (left[i] === 0 || operation === undefined) return;
      model.state = before.copy();
      if (mustWait(model, operation, args)) return;
      const answer = operation.run(model, args as never) as number;
      afterStep();
      const rest = left.map((steps, j) => (i === j ? steps - 1 : steps));
      visit(rest, [...order, part.name], [...came, PROGRESS[answer] as string]);
    });
    model.state = before;
  };
  visit(
    parts.map(({ steps }) => steps),
    [],
    [],
  );
  return found;
}

import { packState } from '@pagewright/mm';
import type { StateExpectation, StepFile, UnorderedStep } from '../format/definition.js';
import type { OrderCount } from '../format/step.js';
import type { World } from '../setup/world.js';
import { changeLines } from './changes.js';
import { selects } from './expectation.js';
import {
  type DoneStep,
  type OrderOutcome,
  type OrdersRun,
  type Part,
  runOrders,
} from './orders.js';
import { QUIET, runStep, type StepRun } from './run-step.js';
import { stateMistakes } from './state-check.js';

/** The step is one of unordered parts. */
export const isUnordered = (step: StepFile): step is UnorderedStep => step.unordered !== undefined;

/**
 * Runs the parts of a step in every order, or in the one that is named, and what follows each; tells
 * orders that came to the same together.
 *
 * @param does which steps are done
 */
export function runUnordered(
  world: World,
  step: UnorderedStep,
  number: number,
  trace: boolean,
  does: (step: StepFile) => boolean,
): StepRun {
  const parts = Object.entries(step.unordered).map(([name, steps]) => ({
    name,
    steps: steps.filter(does),
  }));
  const gathered = new Gathered(world, step, parts, trace, (step.after ?? []).filter(does));
  runOrders(world, parts, step.order, (done, stuck) => gathered.add(done, stuck));
  const orders = gathered.result();
  const sizes = parts.map(({ name, steps }) => `${name} (${steps.length})`).join(', ');
  return {
    ...QUIET,
    number,
    ...(step.label === undefined ? {} : { label: step.label }),
    call: `unordered ${sizes}`,
    answer: orders.total === 1 ? '1 order' : `${orders.total} orders`,
    succeeded: true,
    orders,
    failures: [...gathered.failures(), ...miscounted(world, step, orders)],
  };
}

/** Orders as they are found. */
class Gathered {
  private total = 0;
  private readonly before;
  private readonly outcomes = new Map<string, OrderOutcome>();
  private readonly counts: number[];
  private readonly failed = new Map<string, { count: number; readonly first: string }>();

  constructor(
    private readonly world: World,
    private readonly step: UnorderedStep,
    private readonly parts: readonly Part[],
    private readonly trace: boolean,
    private readonly followed: readonly StepFile[],
  ) {
    this.before = world.model.state.copy();
    this.counts = this.conditions().map(() => 0);
  }

  private conditions(): [string, StateExpectation][] {
    return Object.entries(this.step.conditions ?? {}) as [string, StateExpectation][];
  }

  add(done: readonly DoneStep[], stuck: boolean): void {
    const { world } = this;
    this.total++;
    const after = this.followed.map((step, i) => runStep(world, step, i + 1, false));
    this.conditions().forEach(([, state], i) => {
      if (stateMistakes(world, state).length === 0) (this.counts[i] as number)++;
    });
    const first = done.map(({ part }) => part);
    const parts = this.parts.map(({ name }) => ({
      name,
      steps: done.filter(({ part }) => part === name).map(({ run }) => run),
    }));
    this.noteFailures(first.join(' '), [...done.map(({ run }) => run), ...after], stuck);
    const said = [...parts.flatMap(({ steps }) => [steps.length, ...steps]), ...after];
    const bytes = packState(world.model.machine, world.model.state);
    const key = `${JSON.stringify(said)} ${stuck} ${bytes}`;
    const known = this.outcomes.get(key);
    if (known !== undefined) {
      this.outcomes.set(key, { ...known, count: known.count + 1 });
      return;
    }
    const changes = this.trace ? changeLines(world, this.before, world.model.state) : [];
    this.outcomes.set(key, { count: 1, first, parts, after, changes, stuck });
  }

  private noteFailures(order: string, runs: readonly StepRun[], stuck: boolean): void {
    const texts = runs.flatMap(({ call, failures }) => failures.map((each) => `${call}: ${each}`));
    for (const text of stuck ? [...texts, 'nobody can go on, what is next must wait'] : texts) {
      const known = this.failed.get(text);
      if (known === undefined) this.failed.set(text, { count: 1, first: order });
      else known.count++;
    }
  }

  failures(): string[] {
    return [...this.failed].map(
      ([text, { count, first }]) => `in ${count} of ${this.total} orders, first ${first}: ${text}`,
    );
  }

  result(): OrdersRun {
    const conditions = this.conditions().map(([name], i) => ({
      name,
      count: this.counts[i] as number,
    }));
    return { total: this.total, conditions, outcomes: [...this.outcomes.values()] };
  }
}

/** In how many orders something holds, as litmus tests say it. */
export type OrderVerdict = 'always' | 'sometimes' | 'never';

/** The word for a count of orders out of all. */
export const verdict = (count: number, total: number): OrderVerdict =>
  count === 0 ? 'never' : count === total ? 'always' : 'sometimes';

/** Numbers of orders that are not as the step says. */
function miscounted(
  { model }: World,
  { orders: expected = {} }: UnorderedStep,
  { total, conditions }: OrdersRun,
): string[] {
  return Object.entries(expected).flatMap(([name, written]) => {
    const wanted = typeof written === 'object' ? onKernel(written, model) : written;
    if (wanted === undefined) return [];
    const count = conditions.find((each) => each.name === name)?.count ?? total;
    const found = typeof wanted === 'number' ? count : verdict(count, total);
    return found === wanted ? [] : [`${name}: expected ${wanted}, found ${found}`];
  });
}

/** What is expected of a kernel: the first selector that means it decides. */
function onKernel(
  counts: Readonly<Record<string, OrderCount>>,
  { kernel }: World['model'],
): OrderCount | undefined {
  return Object.entries(counts).find(([selector]) => selects(selector, kernel))?.[1];
}

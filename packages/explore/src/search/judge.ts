import { checkInvariants, checkStep, INVARIANTS, type State } from '@pagewright/mm';
import type { BoundFile } from '../format/definition.js';
import type { Action } from '../format/expand.js';
import { type Condition, conditionOf } from '../world/condition.js';
import type { Done, Stepper } from '../world/stepper.js';
import { stepOf } from './operation-step.js';

const NOTHING: readonly string[] = [];

/**
 * What a bound forbids: names of what an action or a state breaks. `I20`, `BUG id`, `WARN id`, `report`
 * for a bad page map, the name of a condition, `X answers Y`.
 */
export class Judge {
  private readonly invariants: ReadonlySet<string>;
  private readonly steps: ReadonlySet<string>;
  private readonly always: readonly Condition[];
  private readonly never: readonly Condition[];
  private readonly ignore: NonNullable<BoundFile['ignore']>;
  readonly sometimes: readonly Condition[];
  readonly ends: readonly Condition[];

  constructor(private readonly stepper: Stepper) {
    const { file } = stepper.bound;
    const { always = 'all', never = {}, sometimes = {}, ends = {}, ignore = {} } = file;
    const isList = typeof always === 'string' || Array.isArray(always);
    const asked =
      (isList ? always : (always as { invariants?: 'all' | string[] }).invariants) ?? 'all';
    const kept = isList ? {} : (always as { conditions: object }).conditions;
    const { model } = stepper.world;
    const wanted = INVARIANTS.filter(
      ({ id, asked: isAsked }) =>
        (asked === 'all' || asked.includes(id)) &&
        !(ignore.invariants ?? []).includes(id) &&
        isAsked(model),
    );
    const of = (kind: 'state' | 'step'): Set<string> =>
      new Set(wanted.flatMap((each) => (each.of === kind ? [each.id] : [])));
    this.invariants = of('state');
    this.steps = of('step');
    this.ignore = ignore;
    const conditions = (states: object): Condition[] =>
      Object.entries(states).map(([id, state]) => conditionOf(stepper, id, state));
    this.always = conditions(kept);
    this.never = conditions(never);
    this.sometimes = conditions(sometimes);
    this.ends = conditions(ends);
  }

  /** States can break something. */
  get judgesStates(): boolean {
    return this.invariants.size + this.always.length + this.never.length > 0;
  }

  /** What the state breaks that the stepper is in. */
  ofState(): readonly string[] {
    const broken: string[] = [];
    if (this.invariants.size > 0) {
      for (const { id } of checkInvariants(this.stepper.world.model)) {
        if (this.invariants.has(id)) broken.push(id);
      }
    }
    for (const each of this.always) if (each.isThere() && !each.holds()) broken.push(each.id);
    for (const each of this.never) if (each.holds()) broken.push(each.id);
    return broken.length === 0 ? NOTHING : [...new Set(broken)];
  }

  /** A BUG is to be looked at. */
  forbidsBug(id: string): boolean {
    return !isAmong(this.ignore.bugs, id);
  }

  /** What an action breaks that has happened, apart from the state that it led to. */
  ofAction(action: Action, done: Done, before: State): readonly string[] {
    const { events, answer, text, bug } = done;
    const { model } = this.stepper.world;
    const isAsked = this.steps.size > 0 && answer !== undefined;
    const step = isAsked ? stepOf(action, done, model.state, before) : undefined;
    if (events.length === 0 && step === undefined && action.neverAnswers.length === 0) {
      return NOTHING;
    }
    const broken: string[] = [];
    for (const event of events) {
      if (event.kind === 'bad-page-map' && this.ignore.reports !== true) broken.push('report');
      const isWarning = event.kind === 'warn' || event.kind === 'vm-warn';
      if (isWarning && !isAmong(this.ignore.warnings, event.id)) broken.push(`WARN ${event.id}`);
    }
    if (bug !== undefined && this.forbidsBug(bug)) broken.push(`BUG ${bug}`);
    if (text !== undefined && action.neverAnswers.includes(text)) {
      broken.push(`${action.call.operation.name} answers ${text}`);
    }
    if (step !== undefined) {
      for (const { id } of checkStep(model, before, step)) {
        if (this.steps.has(id)) broken.push(id);
      }
    }
    return [...new Set(broken)];
  }
}

const isAmong = (list: 'all' | readonly string[] | undefined, id: string): boolean =>
  list === 'all' || (list?.includes(id) ?? false);

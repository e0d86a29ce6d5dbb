import {
  type FullAnswer,
  hasFunction,
  Kept,
  type ModelEvent,
  mustWait,
  type Operation,
  run,
  type State,
  WAITS_FOR_RMAP_LOCK,
} from '@pagewright/mm';
import { answerText, selects, type World } from '@pagewright/scenario/parts';
import type { Action } from '../format/expand.js';
import type { Bound } from '../format/parse.js';
import { type BoundCall, bindCall } from './bind.js';
import { type Condition, conditionOf } from './condition.js';
import { heldReferences, NameSlots } from './names.js';

/** What became of an action. */
export interface Done {
  /** What it answered; undefined after a BUG. */
  readonly answer: FullAnswer | undefined;
  /** The answer in words, of tasks, and where some answers break a promise. */
  readonly text?: string;
  readonly bug?: string;
  /** What it was called with, until the next action. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly events: readonly ModelEvent[];
}

interface Ready extends BoundCall {
  readonly action: Action;
  readonly operation: Operation;
  /** Places of the names that its answer may get. */
  readonly names: readonly number[];
  readonly when: Condition | undefined;
}

/**
 * A world in which the actions of a bound happen one at a time: what a search walks with. What it is in
 * is the model's state, which keeps the words of the names, and behind them how often entries were used
 * that have a limit.
 */
export class Stepper {
  readonly slots: NameSlots;
  /** Of each entry that has a limit the word that counts its uses; -1 for the others. */
  private readonly usedPlaces: readonly number[];
  private readonly ready: readonly (Ready | undefined)[];

  /**
   * Throws ScenarioStop where an action names what is not there.
   *
   * @param isSymmetric states count as one that differ by interchangeable things alone
   */
  constructor(
    readonly bound: Bound,
    readonly world: World,
    readonly isSymmetric = false,
  ) {
    this.slots = new NameSlots(bound, world);
    let words = this.slots.names.length;
    this.usedPlaces = bound.file.actions.map((entry) =>
      entry['at most'] === undefined ? -1 : words++,
    );
    const { kernel, machine } = world.model;
    if (words > machine.layout.capacities.kept) throw new RangeError('no room for names');
    this.ready = bound.actions.map((action) => {
      const isFor = action.kernels === undefined || selects(action.kernels, kernel);
      if (!isFor || !hasFunction(world.model, action.call.operation)) return undefined;
      return this.prepare(action);
    });
  }

  private prepare(action: Action): Ready {
    const { bound, world, slots } = this;
    return {
      ...bindCall({ objects: bound.file.objects, world, slots }, action.call),
      action,
      operation: action.call.operation,
      names: action.names.map((name) => slots.place(name)),
      when: action.when === undefined ? undefined : conditionOf(this, '', action.when),
    };
  }

  /**
   * Lets an action happen; undefined where it cannot: something that it names is not there, it was used
   * up, or it would have to wait. Then the state is no answer, and must be taken back.
   */
  apply(number: number): Done | undefined {
    const ready = this.ready[number];
    if (ready === undefined) return undefined;
    const { action, operation, args, when } = ready;
    const { slots, world } = this;
    const { model } = world;
    const usedPlace = this.usedPlaces[action.entry] as number;
    const used = usedPlace < 0 ? 0 : model.state.get(Kept.word, usedPlace);
    if (usedPlace >= 0 && used >= (action.atMost as number)) return undefined;
    const name = ready.names.length === 0 ? -1 : slots.firstFree(ready.names);
    if (ready.names.length > 0 && name < 0) return undefined;
    if (!ready.fill() || mustWait(model, operation, args)) return undefined;
    if (when !== undefined && !when.holds()) return undefined;
    const makesReferences = operation.answers === 'count' || operation.answers === 'reference';
    const held = name >= 0 && makesReferences ? heldReferences(model) : 0;
    const ran = run(model, () => operation.run(model, args as never));
    const { events } = ran;
    if (events.some((event) => event.kind === 'note' && event.id === WAITS_FOR_RMAP_LOCK)) {
      return undefined;
    }
    if (usedPlace >= 0) model.state.set(Kept.word, usedPlace, used + 1);
    if (ran.bug !== undefined) return { answer: undefined, bug: ran.bug, args, events };
    const answer = typeof ran.value === 'number' ? { value: ran.value, more: {} } : ran.value;
    if (name >= 0 && answer.value >= 0) {
      if (makesReferences) slots.giveReferences(name, heldReferences(model) & ~held);
      else slots.give(name, answer.value);
    }
    if (action.neverAnswers.length === 0 && operation.answers !== 'task') {
      slots.prune();
      return { answer, args, events };
    }
    // A task that is done is forgotten, and what it answered with it.
    const text = answerText(world, operation.answers, answer.value);
    slots.prune();
    return { answer, text, args, events };
  }

  /** Makes the model go on from a state, which changes with it. */
  enter(state: State): void {
    this.world.model.state = state;
  }
}

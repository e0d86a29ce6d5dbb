import { CapacityError } from '@pagewright/mm';
import { minimise } from '../path/minimise.js';
import { Judge } from '../search/judge.js';
import type { Violation } from '../search/result.js';
import type { Stepper } from '../world/stepper.js';
import { randomOf } from './random.js';

/** How to walk at random. */
export interface WalkOptions {
  /** Walks are the same for the same seed; the first one's, one more for each after it. */
  readonly seed: number;
  readonly walks: number;
  /** Most actions of a walk. */
  readonly depth: number;
  /** Each walk leaves out half of the actions, other ones each time. */
  readonly swarm: boolean;
}

/** What walks at random found: never that anything holds. */
export interface WalksResult {
  /** Seed of the walk that found the violation: with it the first walk finds it. */
  readonly seed?: number;
  readonly violation?: Violation;
  readonly walks: number;
  readonly transitions: number;
  /** Walks that ended because the model had no more room. */
  readonly cut: number;
}

/**
 * Walks at random until something breaks; of that walk, only what is needed is kept.
 *
 * @param begin makes a stepper in the state that walks begin in
 */
export function walkAtRandom(begin: () => Stepper, options: WalkOptions): WalksResult {
  const stepper = begin();
  const judge = new Judge(stepper);
  const beginning = stepper.world.model.state;
  let transitions = 0;
  let cut = 0;
  for (let walk = 0; walk < options.walks; walk++) {
    stepper.enter(beginning.copy());
    const seed = (options.seed + walk) >>> 0;
    const went = walkOnce(stepper, judge, seed, options);
    transitions += went.actions.length;
    if (went.isCut) cut++;
    const [id] = went.broken;
    if (id === undefined) continue;
    const actions = minimise(begin, went.actions, id);
    return { seed, violation: { id, actions }, walks: walk + 1, transitions, cut };
  }
  return { walks: options.walks, transitions, cut };
}

interface Walk {
  readonly actions: readonly number[];
  readonly broken: readonly string[];
  readonly isCut: boolean;
}

function walkOnce(stepper: Stepper, judge: Judge, seed: number, options: WalkOptions): Walk {
  const random = randomOf(seed);
  const chosen = stepper.bound.actions.filter(() => !options.swarm || random() < 0.5);
  const actions: number[] = [];
  try {
    while (actions.length < options.depth) {
      const broken = takeOne(
        stepper,
        judge,
        chosen.map(({ number }) => number),
        random,
        actions,
      );
      if (broken === undefined) break;
      if (broken.length > 0) return { actions, broken, isCut: false };
    }
    return { actions, broken: [], isCut: false };
  } catch (error) {
    if (!(error instanceof CapacityError)) throw error;
    return { actions, broken: [], isCut: true };
  }
}

/** Lets one of the actions happen that can; answers what it breaks, undefined when none can. */
function takeOne(
  stepper: Stepper,
  judge: Judge,
  numbers: number[],
  random: () => number,
  actions: number[],
): readonly string[] | undefined {
  const before = stepper.world.model.state;
  while (numbers.length > 0) {
    const [number = 0] = numbers.splice(Math.floor(random() * numbers.length), 1);
    stepper.enter(before.copy());
    const done = stepper.apply(number);
    if (done === undefined) continue;
    actions.push(number);
    const action = stepper.bound.actions[number] as (typeof stepper.bound.actions)[number];
    const byAction = judge.ofAction(action, done, before);
    if (done.bug !== undefined) return byAction.length > 0 ? byAction : undefined;
    return byAction.length > 0 ? byAction : judge.ofState();
  }
  return undefined;
}

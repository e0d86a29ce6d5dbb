import { State } from '@pagewright/mm';
import type { Key } from '../key.js';
import { StateCodec } from '../state/codec.js';
import { CanonicalCodec } from '../symmetry/canonical-codec.js';
import type { Stepper } from '../world/stepper.js';
import { Judge } from './judge.js';

/** What whoever expands a state is told. */
export interface Visitor {
  /** An action led to a state, which `key` holds; true when the state was not known before. */
  reached(action: number): boolean;
  /** An action broke something, whatever state it led to. */
  actionBreaks(action: number, what: readonly string[]): void;
  /** The new state breaks something that an action led to. */
  stateBreaks(action: number, what: readonly string[]): void;
}

/** Finds what follows a state: the same for everybody who asks, in the same order. */
export class Expander {
  readonly judge: Judge;
  private readonly codec: StateCodec;
  private readonly state: State;
  private readonly savedWords: Int32Array;
  private readonly savedUsed: Int32Array;

  /** @param key where states are written that actions lead to */
  constructor(
    readonly stepper: Stepper,
    readonly key: Key,
  ) {
    this.judge = new Judge(stepper);
    this.codec = stepper.isSymmetric ? new CanonicalCodec(stepper) : new StateCodec(stepper);
    this.state = State.empty(stepper.world.model.machine.layout);
    this.savedWords = stepper.slots.words.slice();
    this.savedUsed = stepper.used.slice();
  }

  /** Writes the state that the stepper is in. */
  write(): void {
    this.codec.write(this.key);
  }

  /** Goes to a state. */
  enter(bytes: Uint8Array): void {
    this.codec.read(bytes);
  }

  /** Lets every action happen in a state, and tells the visitor; answers how many could. */
  expand(bytes: Uint8Array, visitor: Visitor): number {
    const { stepper, judge, codec, key, state, savedWords, savedUsed } = this;
    const before = codec.read(bytes);
    savedWords.set(stepper.slots.words);
    savedUsed.set(stepper.used);
    state.follow(before);
    stepper.enter(state);
    const { actions } = stepper.bound;
    let transitions = 0;
    for (let number = 0; number < actions.length; number++) {
      const done = stepper.apply(number);
      if (done !== undefined) {
        transitions++;
        const action = actions[number] as (typeof actions)[number];
        const byAction = judge.ofAction(action, done, before);
        if (byAction.length > 0) visitor.actionBreaks(number, byAction);
        if (done.bug === undefined) {
          codec.writeChanged(key);
          if (visitor.reached(number)) {
            const byState = judge.ofState();
            if (byState.length > 0) visitor.stateBreaks(number, byState);
          }
        }
      }
      this.takeBack(state, before);
    }
    return transitions;
  }

  private takeBack(state: State, before: State): void {
    const { stepper } = this;
    state.revert(before);
    stepper.slots.words.set(this.savedWords);
    stepper.used.set(this.savedUsed);
  }
}

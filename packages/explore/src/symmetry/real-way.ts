import { Key } from '../key.js';
import { Judge } from '../search/judge.js';
import { StateCodec } from '../state/codec.js';
import type { Stepper } from '../world/stepper.js';
import { CanonicalCodec } from './canonical-codec.js';

/**
 * Turns a way between states that stand for others into one that can be gone: wherever it came to a
 * state, this one comes to a state that the same one stands for, and in the end it breaks the same.
 */
export class RealWays {
  private readonly plain: StateCodec;
  private readonly canonical: CanonicalCodec;
  private readonly beginning = new Key();

  /** @param stepper in the state that ways begin in */
  constructor(private readonly stepper: Stepper) {
    this.plain = new StateCodec(stepper);
    this.canonical = new CanonicalCodec(stepper);
    this.plain.write(this.beginning);
  }

  /** The way, of which only the last action breaks what is said. */
  of(actions: readonly number[], id: string): readonly number[] {
    const real = new Key();
    real.set(bytesOf(this.beginning));
    const standing = new Key();
    this.plain.read(real.bytes);
    this.canonical.write(standing);
    const way: number[] = [];
    for (const action of actions.slice(0, -1)) {
      this.plain.read(standing.bytes);
      this.stepper.apply(action);
      this.canonical.write(standing);
      way.push(this.follow(real, standing));
    }
    return actions.length === 0 ? way : [...way, this.lastOf(real, id)];
  }

  /** The first action that leads to a state which another stands for; `real` becomes that state. */
  private follow(real: Key, standing: Key): number {
    const { stepper, plain, canonical } = this;
    const found = new Key();
    for (const { number } of stepper.bound.actions) {
      plain.read(real.bytes);
      const done = stepper.apply(number);
      if (done === undefined || done.bug !== undefined) continue;
      canonical.write(found);
      if (!isEqual(found, standing)) continue;
      plain.write(real);
      return number;
    }
    throw new Error('a state has no successor like that of the state that stands for it');
  }

  private lastOf(real: Key, id: string): number {
    const { stepper, plain } = this;
    const judge = new Judge(stepper);
    for (const { number, ...action } of stepper.bound.actions) {
      const before = plain.read(real.bytes);
      stepper.enter(before.copy());
      const done = stepper.apply(number);
      if (done === undefined) continue;
      if (judge.ofAction({ ...action, number }, done, before).includes(id)) return number;
      if (done.bug === undefined && judge.ofState().includes(id)) return number;
    }
    throw new Error(`nothing breaks ${id} that the state that stands for it breaks`);
  }
}

const bytesOf = (key: Key): Uint8Array => key.bytes.subarray(0, key.length);

const isEqual = (one: Key, other: Key): boolean =>
  one.length === other.length && bytesOf(one).every((byte, i) => byte === other.bytes[i]);

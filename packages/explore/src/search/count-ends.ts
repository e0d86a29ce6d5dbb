import { Key } from '../key.js';
import { StateCodec } from '../state/codec.js';
import type { Stepper } from '../world/stepper.js';
import { Judge } from './judge.js';

/** Most states of a level whose ways are counted. */
const MOST_STATES = 1_000_000;

/** Ways from the beginning to where no action is left. */
export interface EndsCount {
  readonly ways: number;
  /** Those that end in each condition of `ends`. */
  readonly conditions: readonly { readonly id: string; readonly ways: number }[];
}

/**
 * Counts ways, as litmus tests count orders: those of equal states are counted together. Undefined where
 * ways are too long to be counted.
 *
 * @param stepper in the state that ways begin in
 * @param longest most actions of a way
 */
export function countEnds(stepper: Stepper, longest: number): EndsCount | undefined {
  const codec = new StateCodec(stepper);
  const judge = new Judge(stepper);
  const key = new Key();
  const conditions = judge.ends.map(({ id }) => ({ id, ways: 0 }));
  let ways = 0;
  codec.write(key);
  let level = new Map([[textOf(key), 1]]);
  for (let length = 0; level.size > 0; length++) {
    if (length > longest || level.size > MOST_STATES) return undefined;
    const next = new Map<string, number>();
    for (const [text, count] of level) {
      const from = bytesOf(text);
      let isEnd = true;
      for (const { number } of stepper.bound.actions) {
        codec.read(from);
        const done = stepper.apply(number);
        if (done === undefined) continue;
        isEnd = false;
        if (done.bug !== undefined) {
          ways += count;
          continue;
        }
        codec.write(key);
        const to = textOf(key);
        next.set(to, (next.get(to) ?? 0) + count);
      }
      if (!isEnd) continue;
      ways += count;
      codec.read(from);
      judge.ends.forEach((condition, i) => {
        const counted = conditions[i];
        if (counted !== undefined && condition.holds()) counted.ways += count;
      });
    }
    level = next;
  }
  return { ways, conditions };
}

const textOf = (key: Key): string => String.fromCharCode(...key.bytes.subarray(0, key.length));

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

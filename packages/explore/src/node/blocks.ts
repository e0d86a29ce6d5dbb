import type { Hand } from '../search/hand.js';
import type { Turn } from '../search/round.js';

/** States that a thread takes at a time. */
export const BLOCK = 16;

/** Places of the words that threads share in a turn. */
const NEXT = 0;
const END = 1;
const STOP = 2;

/**
 * A turn that threads share: each takes the next few states when it is done with the last. Whatever was
 * taken is done in full, so that all states before `next` are when everybody has come back.
 */
export class Blocks {
  private readonly words: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(memory);
  }

  /** Lays out a turn, before anybody takes part in it. */
  lay({ from, to }: Turn): void {
    Atomics.store(this.words, NEXT, from);
    Atomics.store(this.words, END, to);
    Atomics.store(this.words, STOP, 0);
  }

  /** The first state that nobody took. */
  get next(): number {
    return Math.min(Atomics.load(this.words, NEXT), Atomics.load(this.words, END));
  }

  /** Takes part until nothing is left, the table has to grow, or somebody has no room. */
  work(hand: Hand): void {
    const { words } = this;
    const end = Atomics.load(words, END);
    while (Atomics.load(words, STOP) === 0 && !hand.table.isCrowded) {
      const from = Atomics.add(words, NEXT, BLOCK);
      for (let number = from; number < Math.min(from + BLOCK, end); number++) {
        if (hand.expand(number)) continue;
        Atomics.store(words, STOP, 1);
        return;
      }
      if (from + BLOCK >= end) return;
    }
  }
}

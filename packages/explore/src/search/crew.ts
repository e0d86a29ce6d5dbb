import type { StateTable } from '../table.js';
import type { Hand, Round } from './hand.js';

/** Those who expand states: one thread, or several that do together what one would have done. */
export interface Crew {
  /** Expands all states from one number on up to another. */
  expand(from: number, to: number): Round;
}

/** One thread, this one. */
export class OneThread implements Crew {
  constructor(
    private readonly hand: Hand,
    private readonly table: StateTable,
  ) {}

  expand(from: number, to: number): Round {
    const { hand, table } = this;
    hand.begin();
    for (let number = from; number < to; number++) {
      if (!hand.expand(number)) break;
      if (table.isCrowded) table.grow();
    }
    return hand.result;
  }
}

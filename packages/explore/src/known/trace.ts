/** Numbers of a question: where, which bits, and what was there. */
export const QUESTION = 3;

/** What an action found in the words that it asked for, in the order in which it asked. */
export class Trace {
  /**
   * `QUESTION` numbers each: where, or `-1 - place` of 32 bits; which of the bits; the answer, which a word
   * does not have.
   */
  numbers = new Int32Array(QUESTION * 1024);
  /** How many of the numbers are in use. */
  length = 0;
  private other = new Int32Array(QUESTION * 1024);

  /** How many questions. */
  get count(): number {
    return this.length / QUESTION;
  }

  clear(): void {
    this.length = 0;
  }

  /** Begins anew; the numbers that it had stay as they are until the next time. */
  rewrite(): void {
    [this.numbers, this.other] = [this.other, this.numbers];
    this.length = 0;
  }

  /** A word was asked for, or a cell. */
  add(where: number, mask: number, answer: number): void {
    const at = this.length;
    if (at + QUESTION > this.numbers.length) {
      const grown = new Int32Array(2 * this.numbers.length);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[at] = where;
    this.numbers[at + 1] = mask;
    this.numbers[at + 2] = answer;
    this.length = at + QUESTION;
  }

  /** Bits were asked for. */
  bits(place: number, mask: number, answer: number): void {
    this.add(-1 - place, mask, answer);
  }
}

/** Numbers of a question: where, which bits, and what was there. */
export const QUESTION = 3;

/** What an operation found in the words that it asked for, in the order in which it asked. */
export class Trace {
  /**
   * `QUESTION` numbers each: the word, or `-1 - place` of 32 bits; which bits, 0 for a word; the answer, of
   * words their `TrackedWords.keys`.
   */
  numbers = new Int32Array(QUESTION * 1024);
  /** How many of the numbers are in use. */
  length = 0;

  /** How many questions. */
  get count(): number {
    return this.length / QUESTION;
  }

  clear(): void {
    this.length = 0;
  }

  /** A word was asked for. */
  word(at: number, key: number): void {
    this.add(at, 0, key);
  }

  /** Bits were asked for. */
  bits(place: number, mask: number, value: number): void {
    this.add(-1 - place, mask, value);
  }

  private add(place: number, mask: number, answer: number): void {
    const at = this.length;
    if (at + QUESTION > this.numbers.length) {
      const grown = new Int32Array(2 * this.numbers.length);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[at] = place;
    this.numbers[at + 1] = mask;
    this.numbers[at + 2] = answer;
    this.length = at + QUESTION;
  }
}

/** What a state keeps its words in: a fixed number of them, integers below 2^53. */
export interface Words {
  get(at: number): number;
  set(at: number, value: number): void;
  /** Writes the same value to all words from `at` on, before `end`. */
  fill(at: number, end: number, value: number): void;
  /** Copies the words from `at` on to the places of another array from `start` to `end`. */
  read(at: number, into: Float64Array, start: number, end: number): void;
  /** The chunk of `CHUNK_WORDS` that a word lies in, until the next write; undefined where all are 0. */
  chunk(at: number): Readonly<Float64Array> | undefined;
  /** The first place from `at` on, before `end`, whose word is not 0; -1 for none. */
  nextSet(at: number, end: number): number;
  /** The first place from `at` on, before `end`, whose word is 0; -1 for none. */
  nextZero(at: number, end: number): number;
  /** Calls back with every word that is not 0, in order. */
  forEachSet(visit: (at: number, value: number) => void): void;
  /** Calls back with every word that differs from that of others, in order. */
  forEachDifference(before: Words, visit: (at: number, was: number, value: number) => void): void;
  /** A copy that changes on its own. */
  copy(): Words;
  /** Undoes every write since this copy was made of `origin`, which must be as it was then. */
  revert(origin: Words): void;
}

/** Gives words small numbers in the order in which they first occur, so that states hold numbers. */
export class WordIds {
  private readonly ids = new Map<bigint, number>();
  private readonly words: bigint[] = [];

  /** @param first the word whose number is 0 */
  constructor(first: bigint) {
    this.id(first);
  }

  /** Number of a word. */
  id(word: bigint): number {
    let id = this.ids.get(word);
    if (id === undefined) {
      id = this.words.length;
      this.words.push(word);
      this.ids.set(word, id);
    }
    return id;
  }

  /** The word of a number that was given out. */
  word(id: number): bigint {
    return this.words[id] as bigint;
  }
}

/** A function over numbers of words, computed once for each. */
export function remembered<I extends number, O extends number>(
  compute: (id: I) => O,
): (id: I) => O {
  const known: (O | undefined)[] = [];
  return (id) => {
    const before = known[id];
    if (before !== undefined) return before;
    const answer = compute(id);
    while (known.length < id) known.push(undefined);
    known[id] = answer;
    return answer;
  };
}

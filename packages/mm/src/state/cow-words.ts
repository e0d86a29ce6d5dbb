import type { Words } from './words.js';

const SHIFT = 6;
/** Words of a chunk: large enough that few need copying, small enough that copying is cheap. */
export const CHUNK_WORDS = 1 << SHIFT;
const SIZE = CHUNK_WORDS;
const MASK = SIZE - 1;

/** A chunk that other copies may refer to as well. */
const SHARED = 0;
/** One that this copy alone refers to, and has written to. */
const CHANGED = 1;
/** One that this copy alone refers to, as it is in the copy's origin. */
const KEPT = 2;

/** The chunk of everything that was never written; nobody writes to it. */
const EMPTY = new Float64Array(SIZE);

/**
 * A fixed number of words, all 0 at first. Copies share what neither has written since: copying costs
 * a pointer a chunk, and a write copies one chunk at most. Every value is an integer below 2^53.
 */
export class CowWords implements Words {
  private readonly chunks: Float64Array[];
  /** Of each chunk: `SHARED`, `CHANGED` or `KEPT`. */
  private readonly owned: Uint8Array;

  private constructor(chunks: Float64Array[], owned: Uint8Array) {
    this.chunks = chunks;
    this.owned = owned;
  }

  /** Words that are all 0. */
  static zeros(length: number): CowWords {
    const count = Math.ceil(length / SIZE);
    return new CowWords(new Array<Float64Array>(count).fill(EMPTY), new Uint8Array(count));
  }

  get(at: number): number {
    return (this.chunks[at >>> SHIFT] as Float64Array)[at & MASK] as number;
  }

  set(at: number, value: number): void {
    const number = at >>> SHIFT;
    if (this.owned[number] !== CHANGED) this.own(number);
    (this.chunks[number] as Float64Array)[at & MASK] = value;
  }

  private own(number: number): void {
    if (this.owned[number] === SHARED) {
      this.chunks[number] = (this.chunks[number] as Float64Array).slice();
    }
    this.owned[number] = CHANGED;
  }

  /** Writes the same value to all words from `at` on, before `end`. */
  fill(at: number, end: number, value: number): void {
    for (let i = at; i < end; ) {
      const first = i & MASK;
      const stop = Math.min(end, i - first + SIZE);
      this.set(i, value);
      (this.chunks[i >>> SHIFT] as Float64Array).fill(value, first, first + stop - i);
      i = stop;
    }
  }

  /** A copy; from now on both write to copies of their own. */
  copy(): CowWords {
    this.owned.fill(SHARED);
    return new CowWords(this.chunks.slice(), new Uint8Array(this.owned.length));
  }

  /** Undoes every write since this copy was made of `origin`, which must be as it was then. */
  revert(origin: CowWords): void {
    const { chunks, owned } = this;
    for (let i = owned.indexOf(CHANGED); i >= 0; i = owned.indexOf(CHANGED, i + 1)) {
      (chunks[i] as Float64Array).set(origin.chunks[i] as Float64Array);
      owned[i] = KEPT;
    }
  }

  /** Copies the words from `at` on to places of another array. */
  read(at: number, into: Float64Array, start: number, end: number): void {
    for (let to = start; to < end; ) {
      const from = at + (to - start);
      const chunk = this.chunks[from >>> SHIFT] as Float64Array;
      const first = from & MASK;
      const stop = Math.min(end, to + SIZE - first);
      if (chunk === EMPTY) into.fill(0, to, stop);
      else if (stop - to === SIZE) into.set(chunk, to);
      else {
        const shift = first - to;
        for (let i = to; i < stop; i++) into[i] = chunk[i + shift] as number;
      }
      to = stop;
    }
  }

  /** The chunk that a word lies in, to be read until the next write; undefined where all are 0. */
  chunk(at: number): Readonly<Float64Array> | undefined {
    const chunk = this.chunks[at >>> SHIFT] as Float64Array;
    return chunk === EMPTY ? undefined : chunk;
  }

  /** The first place from `at` on, before `end`, whose word is not 0; -1 for none. */
  nextSet(at: number, end: number): number {
    let i = at;
    while (i < end) {
      const chunk = this.chunks[i >>> SHIFT] as Float64Array;
      if (chunk === EMPTY) {
        i = (i | MASK) + 1;
        continue;
      }
      const base = i & ~MASK;
      const stop = Math.min(end - base, SIZE);
      let place = i - base;
      while (
        place + 4 <= stop &&
        chunk[place] === 0 &&
        chunk[place + 1] === 0 &&
        chunk[place + 2] === 0 &&
        chunk[place + 3] === 0
      ) {
        place += 4;
      }
      for (; place < stop; place++) if (chunk[place] !== 0) return base + place;
      i = base + SIZE;
    }
    return -1;
  }

  /** The first place from `at` on, before `end`, whose word is 0; -1 for none. */
  nextZero(at: number, end: number): number {
    let i = at;
    while (i < end) {
      const chunk = this.chunks[i >>> SHIFT] as Float64Array;
      const stop = Math.min(end, (i | MASK) + 1);
      for (; i < stop; i++) if (chunk[i & MASK] === 0) return i;
    }
    return -1;
  }

  /** Calls back with every word that is not 0, in order. */
  forEachSet(visit: (at: number, value: number) => void): void {
    this.chunks.forEach((chunk, number) => {
      if (chunk === EMPTY) return;
      for (let i = 0; i < SIZE; i++) {
        const value = chunk[i] as number;
        if (value !== 0) visit((number << SHIFT) | i, value);
      }
    });
  }

  /** Calls back with every word that differs from that of another of this length, in order. */
  forEachDifference(
    before: CowWords,
    visit: (at: number, was: number, value: number) => void,
  ): void {
    this.chunks.forEach((chunk, number) => {
      const other = before.chunks[number] as Float64Array;
      if (chunk === other) return;
      for (let i = 0; i < SIZE; i++) {
        const was = other[i] as number;
        const value = chunk[i] as number;
        if (was !== value) visit((number << SHIFT) | i, was, value);
      }
    });
  }
}

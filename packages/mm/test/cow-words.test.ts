import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CowWords } from '../src/state/cow-words.js';

const LENGTH = 300;
const place = fc.nat(LENGTH - 1);
const writes = fc.array(fc.tuple(place, place, fc.nat(9)), { maxLength: 8 });

/** Fills spans of words and of a plain array alike. */
function fillBoth(words: CowWords, plain: number[], spans: readonly [number, number, number][]) {
  for (const [one, other, value] of spans) {
    const [at, end] = [Math.min(one, other), Math.max(one, other)];
    words.fill(at, end, value);
    plain.fill(value, at, end);
  }
}
const wordsOf = (words: CowWords): number[] =>
  Array.from({ length: LENGTH }, (_, at) => words.get(at));

it('fills what it is told to, and no copy made before', () => {
  fc.assert(
    fc.property(writes, writes, (first, second) => {
      const words = CowWords.zeros(LENGTH);
      const plain = new Array<number>(LENGTH).fill(0);
      fillBoth(words, plain, first);
      const copy = words.copy();
      const before = [...plain];
      fillBoth(words, plain, second);
      expect(wordsOf(words)).toEqual(plain);
      expect(wordsOf(copy)).toEqual(before);
      words.revert(copy);
      expect(wordsOf(words)).toEqual(before);
    }),
  );
});

it('tells every difference from a copy, and nothing else', () => {
  fc.assert(
    fc.property(writes, writes, (first, second) => {
      const words = CowWords.zeros(LENGTH);
      const plain = new Array<number>(LENGTH).fill(0);
      fillBoth(words, plain, first);
      const [copy, before] = [words.copy(), [...plain]];
      fillBoth(words, plain, second);
      const told: number[][] = [];
      words.forEachDifference(copy, (at, was, value) => told.push([at, was, value]));
      const expected = plain.flatMap((value, at) =>
        value === before[at] ? [] : [[at, before[at] as number, value]],
      );
      expect(told).toEqual(expected);
    }),
  );
});

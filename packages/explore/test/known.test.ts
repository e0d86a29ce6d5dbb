import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Trace } from '../src/known/trace.js';
import { TrackedWords } from '../src/known/tracked-words.js';

const LENGTH = 2600;

/** Things that operations do with words; where it leads depends on what they find. */
const deed = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), at: fc.nat(LENGTH - 1) }),
  fc.record({
    kind: fc.constant('set' as const),
    at: fc.nat(LENGTH - 1),
    value: fc.constantFrom(0, 1, 7, 2 ** 40),
  }),
  fc.record({
    kind: fc.constantFrom('nextSet' as const, 'nextZero' as const, 'fillZero' as const),
    at: fc.nat(LENGTH - 1),
    length: fc.constantFrom(0, 1, 31, 64, 500, 2500),
  }),
);
const program = fc.array(deed, { minLength: 1, maxLength: 12 });
const words = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(LENGTH - 1), fc.constantFrom(0, 31, 32, 63, 64, 1023, 1024, 2048)),
    fc.constantFrom(0, 1, 2, 2 ** 41),
  ),
  { maxLength: 20 },
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

/** The plainest words. */
class Plain {
  constructor(readonly values: number[]) {}
  get(at: number): number {
    return this.values[at] as number;
  }
  set(at: number, value: number): void {
    this.values[at] = value;
  }
  nextSet(at: number, end: number): number {
    for (let i = at; i < end; i++) if (this.values[i] !== 0) return i;
    return -1;
  }
  nextZero(at: number, end: number): number {
    for (let i = at; i < end; i++) if (this.values[i] === 0) return i;
    return -1;
  }
  fill(at: number, end: number, value: number): void {
    this.values.fill(value, at, end);
  }
}

/** Runs a program: what it finds moves the places that it goes to next. Answers all that it found. */
function run(
  deeds: readonly Deed[],
  of: Pick<Plain, keyof Plain & string> | TrackedWords,
): number[] {
  let shift = 0;
  const found: number[] = [];
  for (const each of deeds) {
    const at = (each.at + shift) % LENGTH;
    if (each.kind === 'get') found.push(of.get(at));
    else if (each.kind === 'set') of.set(at, each.value);
    else {
      const end = Math.min(LENGTH, at + each.length);
      if (each.kind === 'fillZero') of.fill(at, end, 0);
      else found.push(of[each.kind](at, end));
    }
    const last = found.at(-1) ?? 0;
    shift = last > 0 ? last % 97 : 0;
  }
  return found;
}

const plainOf = (set: readonly (readonly [number, number])[]): number[] => {
  const values = new Array<number>(LENGTH).fill(0);
  for (const [at, value] of set) values[at] = value;
  return values;
};
const load = (tracked: TrackedWords, values: readonly number[]): void =>
  values.forEach((value, at) => {
    tracked.put(at, value);
  });
const valuesOf = (tracked: TrackedWords): number[] =>
  Array.from({ length: LENGTH }, (_, at) => tracked.get(at));

/** A state answers all questions of a trace as the one did that it was made in. */
function answers({ numbers, length }: Trace, values: readonly number[], first: readonly number[]) {
  const summaries = Math.ceil(LENGTH / 64) * 2;
  const isSet = (at: number): boolean => (values[at] ?? 0) !== 0;
  const bitsAt = (place: number): number => {
    let bits = 0;
    for (let i = 0; i < 32; i++) {
      const group = (place - summaries) * 32 + i;
      const set =
        place < summaries
          ? isSet(32 * place + i)
          : Array.from({ length: 32 }, (_, j) => isSet(32 * group + j)).some(Boolean);
      if (set) bits |= 1 << i;
    }
    return bits;
  };
  for (let i = 0; i < length; i += 3) {
    const [where, mask, answer] = [numbers[i], numbers[i + 1], numbers[i + 2]] as [
      number,
      number,
      number,
    ];
    if (where >= 0) {
      if (values[where] !== first[where]) return false;
    } else if ((bitsAt(-1 - where) & mask) !== answer) return false;
  }
  return true;
}

describe('words that are tracked', () => {
  it('are what plain words are, and what they were once an operation is undone', () => {
    fc.assert(
      fc.property(words, program, program, (set, first, second) => {
        const tracked = new TrackedWords(LENGTH);
        load(tracked, plainOf(set));
        for (const deeds of [first, second]) {
          const plain = new Plain(plainOf(set));
          tracked.begin(new Trace());
          const found = run(deeds, tracked);
          tracked.endTrace();
          expect(found).toEqual(run(deeds, plain));
          expect(valuesOf(tracked)).toEqual(plain.values);
          tracked.undo();
          expect(valuesOf(tracked)).toEqual(plainOf(set));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('tell enough: who answers all questions of a trace goes the same way', () => {
    let followed = 0;
    fc.assert(
      fc.property(words, words, program, (set, changes, deeds) => {
        const tracked = new TrackedWords(LENGTH);
        const one = plainOf(set);
        load(tracked, one);
        const trace = new Trace();
        tracked.begin(trace);
        const found = run(deeds, tracked);
        tracked.undo();
        expect(answers(trace, one, one)).toBe(true);
        // Change by change, so that some states still answer all questions.
        const other = [...one];
        for (const [at, value] of changes) {
          other[at] = value;
          if (!answers(trace, other, one)) break;
          followed++;
          const after = new Plain([...other]);
          expect(run(deeds, after)).toEqual(found);
        }
      }),
      { numRuns: 300 },
    );
    expect(followed).toBeGreaterThan(300);
  });

  it('ask the words before an operation, whatever it has written', () => {
    fc.assert(
      fc.property(words, program, fc.nat(LENGTH - 1), fc.nat(LENGTH), (set, deeds, at, end) => {
        const tracked = new TrackedWords(LENGTH);
        const plain = plainOf(set);
        load(tracked, plain);
        tracked.begin(new Trace());
        run(deeds, tracked);
        expect(tracked.getBefore(at)).toBe(plain[at]);
        expect(tracked.nextSetBefore(at, end)).toBe(new Plain(plain).nextSet(at, end));
      }),
    );
  });
});

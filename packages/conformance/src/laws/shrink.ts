import type { EntryForm, Level } from '@pagewright/core';
import { type Broken, type Check, type Input, type Law, OUTSIDE } from './law.js';
import { isLeafWord, isSwapWord } from './membership.js';

/** How an answer counts when a law is run: broken, or not. */
export function tryCheck(check: Check, input: Input): Broken | typeof OUTSIDE | undefined {
  try {
    return check(...input);
  } catch (error) {
    // A faulty backend may break a promise that core relies on: that too is a broken law.
    return { expected: 'an answer', got: `${error}` };
  }
}

/** A smaller input is still one that the law is about: a leaf, a swap entry, a frame that is not 0. */
function isAllowed(law: Law, form: EntryForm, level: Level, input: Input): boolean {
  const [first = 0n] = input;
  switch (law.over) {
    case 'leaves':
    case 'leaves x protections':
      return isLeafWord(form, level, first);
    case 'swap words':
      return isSwapWord(form, level, first);
    case 'frames x protections':
    case 'protection map':
      return first !== 0n;
    default:
      return true;
  }
}

/** Protections and indexes are taken as they are: only the first number shrinks, or both of a value. */
const shrinkable = (law: Law): readonly number[] => (law.over === 'swap values' ? [0, 1] : [0]);

const bitsOf = (word: bigint): bigint[] =>
  [...word.toString(2)].reverse().flatMap((digit, i) => (digit === '1' ? [1n << BigInt(i)] : []));

/**
 * Clears bits, first one at a time and then two at a time, as long as the law stays broken: what is
 * left are the bits that matter.
 */
export function shrink(
  law: Law,
  check: Check,
  form: EntryForm,
  level: Level,
  input: Input,
): { input: Input; broken: Broken } {
  let best = { input, broken: brokenBy(check, input) as Broken };
  const attempt = (at: number, cleared: bigint): boolean => {
    const smaller = best.input.map((value, i) => (i === at ? value & ~cleared : value));
    if (!isAllowed(law, form, level, smaller)) return false;
    const broken = brokenBy(check, smaller);
    if (broken === undefined) return false;
    best = { input: smaller, broken };
    return true;
  };
  const pass = (at: number): boolean => {
    const bits = bitsOf(best.input[at] ?? 0n);
    if (bits.filter((bit) => attempt(at, bit)).length > 0) return true;
    if (bits.length > 24) return false;
    return bits.some((bit, i) => bits.slice(i + 1).some((other) => attempt(at, bit | other)));
  };
  for (const at of shrinkable(law)) {
    if (input[at] === undefined) continue;
    while (pass(at)) {
      // Each pass clears at least one bit.
    }
  }
  return best;
}

function brokenBy(check: Check, input: Input): Broken | undefined {
  const answer = tryCheck(check, input);
  return answer === OUTSIDE ? undefined : answer;
}

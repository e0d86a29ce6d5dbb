import {
  compilePairTest,
  compilePairWord,
  type PairTestFunction,
  type PairWordFunction,
} from '../expr/compile-pair.js';
import { type Expr, isTest, type Test, type Word } from '../expr/word.js';
import type { Helper } from '../form/helper.js';

const compiled = new WeakMap<object, PairTestFunction | PairWordFunction>();

/**
 * A helper over pairs of 32-bit words, as the scanner runs it: compiled when first asked for. Apart
 * from `Helper`, so that who has no use for pairs has not their compiler either.
 */
export function onPairs<E extends Expr>(
  helper: Helper<E>,
): E extends Test ? PairTestFunction : PairWordFunction {
  let found = compiled.get(helper);
  if (found === undefined) {
    const { body, params, flags, wordBits } = helper;
    found = isTest(body)
      ? compilePairTest(body, params, flags)
      : compilePairWord(body as Word, params, flags, wordBits);
    compiled.set(helper, found);
  }
  return found as never;
}

import { fail, ok, type Result } from '@pagewright/core';
import type { Bound } from '../format/parse.js';

/** Longest way that a token may stand for. */
const MOST_ACTIONS = 10_000;

/** A way as a short text: its action numbers in base 36. */
export const tokenOf = (actions: readonly number[]): string =>
  actions.length === 0 ? '-' : actions.map((number) => number.toString(36)).join('-');

/** The way that a token stands for. Code `bad-token`. */
export function parseToken({ actions }: Bound, token: string): Result<readonly number[]> {
  if (token === '-') return ok([]);
  const words = token.split('-', MOST_ACTIONS + 1);
  if (words.length > MOST_ACTIONS) return fail('bad-token', `more than ${MOST_ACTIONS} actions`);
  const numbers = words.map((word) => (/^[0-9a-z]{1,4}$/.test(word) ? parseInt(word, 36) : -1));
  const wrong = numbers.findIndex((number) => actions[number] === undefined);
  if (wrong < 0) return ok(numbers);
  const word = (words[wrong] ?? '').slice(0, 20);
  return fail('bad-token', `"${word}" is no action of this bound, which has ${actions.length}`);
}

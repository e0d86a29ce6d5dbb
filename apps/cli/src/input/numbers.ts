import { fail, MASK64, ok, type Result } from '@pagewright/core';

/** Reads `0x..` or decimal, at most 64 bits; code `bad-number`, naming what it is about. */
export function parseNumber(text: string, what: string): Result<bigint> {
  const shown = text.slice(0, 40);
  const wrong = (why: string) => fail('bad-number', `${what} "${shown}": ${why}`, { text: shown });
  if (!/^(0x[0-9a-f]{1,40}|[0-9]{1,40})$/i.test(text))
    return wrong('not a number (0x.. or decimal)');
  const value = BigInt(text);
  return value <= MASK64 ? ok(value) : wrong('wider than 64 bits');
}

/** Reads a number that may be left out. */
export const parseOptionalNumber = (
  text: string | undefined,
  what: string,
): Result<bigint | undefined> => (text === undefined ? ok(undefined) : parseNumber(text, what));

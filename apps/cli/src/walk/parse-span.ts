import { fail, ok, type Result, type Span } from '@pagewright/core';
import { parseNumber } from '../input/numbers.js';

/** How the end of the whole address space is written; it needs one bit more than an address. */
const END_OF_ALL = /^(0x10{16}|18446744073709551616)$/i;

/** Reads `START-END`: up to but not including END, which may be 2^64. Code `bad-number`. */
export function parseSpan(text: string, what: string): Result<Span> {
  const [from, to, ...more] = text.split('-');
  if (from === undefined || to === undefined || more.length > 0) {
    const shown = text.slice(0, 40);
    return fail('bad-number', `${what} "${shown}": must be START-END`, { text: shown });
  }
  const start = parseNumber(from, `start of ${what}`);
  if (!start.ok) return start;
  const end = END_OF_ALL.test(to) ? ok(1n << 64n) : parseNumber(to, `end of ${what}`);
  return end.ok ? ok({ start: start.value, end: end.value }) : end;
}

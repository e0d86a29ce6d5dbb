/**
 * What stands before the kernel's own words on a line, one after the other: quoting of mail, syslog
 * and journal headers, log levels, time stamps, and who printed it.
 */
const PREFIXES: readonly RegExp[] = [
  /^\s+/,
  /^(?:>\s?)+/,
  // Nov 16 05:04:48 HOST kernel:   (month names of any language)
  /^[^\s\d]{2,12}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)? \S{1,64} [\w.()-]{1,32}(?:\[\d+\])?: /,
  // 2023-01-30T08:49:29.996464+00:00 HOST kernel:   or   kern  :alert :
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s+(?:kern\s*:\w+\s*: |(?:\S{1,64} )?kernel: )?/,
  /^\d\d:\d\d:\d\d(?:[.,]\d+)? (?=kernel: )/,
  /^(?:\S{1,64} )?kernel: /,
  /^<\d{1,3}>/,
  // [   25.542693], [Tue Nov 21 15:19:17 2026], [ T123], [   0.1][ C1]
  /^\/?\[\s*\d{1,9}\.\d{1,9}(?:@\d+|,\d+)?\] ?/,
  /^\[\s*[TC]\d{1,9}\] ?/,
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] ?/,
  // a stamp whose beginning was cut off
  /^\d{1,9}\.\d{1,9}\] ?/,
];

/** More stamps than this before one message are part of the message. */
const MOST_PREFIXES = 12;

/** Columns of a line, from 0, where what the kernel said begins. */
export function prefixLength(line: string): number {
  let at = 0;
  for (let turn = 0; turn < MOST_PREFIXES; turn++) {
    const rest = line.slice(at);
    const found = PREFIXES.map((each) => each.exec(rest)?.[0].length ?? 0).find((n) => n > 0);
    if (found === undefined) break;
    at += found;
  }
  return at;
}

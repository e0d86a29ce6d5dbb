/**
 * What stands before the kernel's own words on a line, one after the other: quoting of mail, syslog
 * and journal headers, log levels, time stamps, and who printed it.
 */
const PREFIXES: readonly RegExp[] = [
  /^\s+/,
  /^(?:[>|]\s?)+/,
  // Nov 16 05:04:48 HOST kernel:   (month names of any language)
  /^[^\s\d]{2,12}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)? \S{1,64} [\w.()-]{1,32}(?:\[\d+\])?: /,
  // <3>1 2026-11-21T16:40:28.123Z HOST kernel - - -   (RFC 5424; the level is taken on its own)
  /^1 \d{4}-\d\d-\d\dT\S{8,24} \S{1,64} \S{1,48} \S{1,128} \S{1,32} - /,
  // 2023-01-30T08:49:29.996464+00:00 HOST kernel:   or   kern  :alert :
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s+(?:kern\s*:\w+\s*: |(?:\S{1,64} )?kernel: )?/,
  // Mon 2026-11-21 16:40:28 CET HOST unit[1]:   (journalctl -o short-full, with-unit)
  /^[^\s\d]{2,12} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[A-Z]{1,6}|[+-]\d{2,4}) \S{1,64} [\w@./-]{1,64}(?:\[\d+\])?: /,
  // 1732201228.123456 HOST kernel:   (journalctl -o short-unix)
  /^\d{9,11}\.\d{3,9} \S{1,64} (?=kernel: )/,
  // 11-21 16:40:28.123     0     0 E KERNEL  :   (logcat)
  /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\s+\d{1,7}\s+\d{1,7} [VDIWEF] [^:\n]{0,30}: /,
  // 3,1234,56789012,-;   (/dev/kmsg, netconsole)
  /^\d{1,3},\d{1,12},\d{1,18},[-c+](?:,[^;\n]{0,80})?;/,
  /^kern\s*:\w+\s*: /,
  /^\d\d:\d\d:\d\d(?:[.,]\d+)? (?=kernel: )/,
  /^(?:\S{1,64} )?kernel: /,
  /^<\d{1,3}>/,
  // [   25.542693], [  +0.000123], [   25.5 <    0.1>], [ T123], [   0.1][ C1]
  /^\/?\[\s*\+?\d{1,9}\.\d{1,9}(?:@\d+|,\d+|\s*<\s*\d{1,9}\.\d{1,9}>)?\] ?/,
  /^\[\s*[TC]\d{1,9}\] ?/,
  // [Tue Nov 21 15:19:17 2026], [Nov21 15:19]
  /^\[[^\s\d\]]{2,12}\.? [^\s\d\]]{2,12}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] ?/,
  /^\[[A-Z][a-z]{2}\d\d \d\d:\d\d\] ?/,
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

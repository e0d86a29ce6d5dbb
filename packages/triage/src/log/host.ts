/** The machine's name in the headers of syslog and journal; of either form, group 1 or 2. */
const HOST =
  /^(?:[>|]\s?)*(?:[^\s\d]{2,12}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)? (\S{1,64}) [\w.()-]{1,32}(?:\[\d+\])?: |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? (\S{1,64}) kernel: )/;

/** The machine that a line comes from, where a log of several says so; undefined for other lines. */
export function hostOf(line: string): string | undefined {
  const found = HOST.exec(line);
  return found?.[1] ?? found?.[2];
}

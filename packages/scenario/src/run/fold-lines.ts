/** Lines alike, one behind the other, of which no more than the ends are shown. */
const FEWEST = 5;

/** Lines in which the same happens to neighbours are shown by the first and the last of them. */
export function foldLines(lines: readonly string[]): string[] {
  const folded: string[] = [];
  for (let first = 0; first < lines.length; ) {
    let end = first + 1;
    while (end < lines.length && follows(lines[end - 1] as string, lines[end] as string)) end++;
    if (end - first < FEWEST) folded.push(...lines.slice(first, end));
    else {
      const alike = `... ${end - first - 2} more alike ...`;
      folded.push(lines[first] as string, alike, lines[end - 1] as string);
    }
    first = end;
  }
  return folded;
}

const OFFSET = /\+(\d+)/g;

/** The same text, with each offset the same or greater by one, and some greater. */
function follows(before: string, after: string): boolean {
  if (before.replace(OFFSET, '+') !== after.replace(OFFSET, '+')) return false;
  const [were, are] = [before, after].map((line) =>
    [...line.matchAll(OFFSET)].map(([, digits]) => Number(digits)),
  );
  const steps = (are ?? []).map((offset, i) => offset - (were?.[i] ?? 0));
  return steps.includes(1) && steps.every((step) => step === 0 || step === 1);
}

/** Columns of a terminal that does not say. */
const UNKNOWN_WIDTH = 80;

/** Says on a terminal what long work is at, in one line; the line is erased when it is done. */
export function progress(what: string): void {
  if (!process.stderr.isTTY) return;
  const width = process.stderr.columns || UNKNOWN_WIDTH;
  process.stderr.write(`\r\x1b[K${what.slice(0, width - 1)}`);
}

/** Erases the line. */
export const progressDone = (): void => progress('');

/** Work is long when it has taken this many milliseconds; then the line changes this often. */
const LONG_MS = 1000;
const OFTEN_MS = 100;

/** As `progress`, from when the work has taken over a second. Not where lines are printed meanwhile. */
export function slowProgress(printsLines = false): (what: () => string) => void {
  let next = performance.now() + LONG_MS;
  return (what) => {
    const now = performance.now();
    if (now < next || (printsLines && process.stdout.isTTY)) return;
    progress(what());
    next = now + OFTEN_MS;
  };
}

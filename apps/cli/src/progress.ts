/** Says on a terminal what long work is at; the line is erased when it is done. */
export function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
}

/** Erases the line. */
export const progressDone = (): void => progress('');

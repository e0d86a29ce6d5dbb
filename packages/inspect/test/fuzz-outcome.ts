import type { Problem } from '@pagewright/core';

/** How a case ended: the code of the problem, or how far everything could be followed. */
export interface FuzzOutcome {
  readonly code: string;
  /** Entries that were walked, or questions that were asked. */
  readonly entries: number;
}

/** Entries that nobody should be made to follow by a dump of a few hundred KiB. */
export const MOST_ENTRIES = 4_000_000;
/** The outcome of a case that asks for more than that. */
export const ENDLESS = 'ENDLESS';

/** The code of a problem, which must have a name and say something in one line. */
export function named({ code, message }: Problem): string {
  if (!/^[a-z][a-z0-9-]*$/.test(code)) throw new Error(`a problem without a name: ${code}`);
  if (message === '' || message.includes('\n')) throw new Error(`a message of no line: ${message}`);
  return code;
}

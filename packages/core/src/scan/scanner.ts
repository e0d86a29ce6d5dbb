import type { EntryKind } from '../form/decoded.js';
import type { EntryForm } from '../form/form.js';
import type { Level } from '../form/level.js';
import { compileIntegerScanner } from './integer.js';

export { KIND_BITS } from './integer.js';

/** How many entries of each kind, and the sum of the frame numbers of the leaves. */
export interface ScanTotals {
  readonly kinds: Readonly<Record<EntryKind, number>>;
  readonly pfnSum: bigint;
}

/**
 * A bulk scanner of one form and level: it reads tables as 32-bit words in the order in which they
 * lie in memory (two a 64-bit entry, one a 32-bit entry; the byte order is the form's, whatever the
 * host's). Kinds are numbers, positions in `ENTRY_KINDS`.
 */
export interface Scanner {
  /** Which code does the work; every form answers the same. */
  readonly code: 'integer';
  /** 32-bit words of one entry. */
  readonly wordsPerEntry: 1 | 2;
  /** Counts kinds and sums the frames of leaves. */
  count(words: Uint32Array): ScanTotals;
  /**
   * Writes the kind of each entry to `kinds` and, for leaves, the frame to `pfns` (low word, high
   * word; zero for other kinds). Answers the number of entries. Throws RangeError when an output
   * is too short. The answers to the scanner's tests stand above the kind, from bit `KIND_BITS` on.
   */
  collect(words: Uint32Array, kinds: Uint8Array, pfns: Uint32Array): number;
}

/**
 * The fastest scanner that the host has. There is one today, integer-only JavaScript; a WebAssembly
 * form is chosen here when it comes, and callers see only the `Scanner`.
 *
 * @param tests names of tests (`special`) that are asked of leaves as well, at most five; one that the
 *   form does not have at this level answers no
 */
export const scannerFor = (form: EntryForm, level: Level, tests: readonly string[] = []): Scanner =>
  compileIntegerScanner(form, level, tests);

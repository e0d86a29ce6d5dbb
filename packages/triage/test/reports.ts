import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MendedText } from '../src/log/mended.js';

/** A report that somebody sent to a mailing list, and what is known of it (fixtures/badpage). */
export interface KnownReport {
  readonly id: string;
  readonly arch: string;
  readonly kernel: string;
  readonly kind: string;
  readonly pte: string | null;
  readonly pmd: string | null;
  readonly log: string;
  readonly cause: string;
  readonly diagnosis: string;
  readonly confidence: 'stated' | 'likely' | 'unknown';
}

const file = join(import.meta.dirname, '../../../fixtures/badpage/reports.jsonl');

/** All of them. */
export const knownReports: readonly KnownReport[] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as KnownReport);

/** A log in a string, mended. */
export const mended = (log: string): MendedText =>
  new MendedText(log.split('\n').map((text, i) => ({ number: i + 1, text })));

import type { EntryData } from '../decode/entry-data.js';

/** What `decode` answers. */
export type DecodeOutput = {
  readonly schema: 'pagewright/decode/1';
  /** A word each; with `--kernel all`, one for each generation of headers. */
  readonly entries: readonly EntryData[];
};

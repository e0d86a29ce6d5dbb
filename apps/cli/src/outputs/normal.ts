import type { Hex, Level } from '@pagewright/core';
import type { VerdictData } from '../normal/verdict-data.js';

/** What `normal` answers. */
export type NormalOutput = {
  readonly schema: 'pagewright/normal/1';
  readonly form: string;
  readonly level: Level;
  readonly entry: Hex;
  /** A sentence for each thing that the command line did not say. */
  readonly assumed: readonly string[];
  /** One for each kernel that was asked. */
  readonly verdicts: readonly VerdictData[];
  /** With `--kernel all`: kernels that read no mapped entry in the word. */
  readonly skipped: readonly { readonly kernel: string; readonly why: string }[];
};

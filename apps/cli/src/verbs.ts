import type { Verb } from './verb.js';

/** A verb as `--help` lists it; the rest is loaded when it is used. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** The verbs, in the order of `--help`. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'decode',
    summary: 'say what page-table entries mean, bit by bit',
    load: () => import('./verbs/decode.js'),
  },
];

import { own } from '../vectors/row.js';

/** What the name of a decisions file says: `vm_normal_page.r4.10.jsonl.gz`. */
export interface DecisionFileName {
  /** Group of functions: `vm_normal_page`, `gup`, ... */
  readonly group: string;
  /** Id of the revision that answered, as core's `findRevision` takes it. */
  readonly revision: string;
}

/** Suffixes that are no plain version or patch number (README of the decisions). */
const NAMED: Readonly<Record<string, string>> = {
  '6.18.35': 'v6.18-fixed',
  'zeropage-v1': 'zeropage-v1/2',
};

/** Reads a file's name; undefined when it is no file of decisions. */
export function decisionFileName(name: string): DecisionFileName | undefined {
  const [, group, suffix] = /^([a-z0-9_]+)\.(.+?)\.jsonl(?:\.gz)?$/.exec(name) ?? [];
  if (group === undefined || suffix === undefined) return undefined;
  const patch = /^r4\.(\d{1,2})$/.exec(suffix)?.[1];
  const revision =
    patch !== undefined ? `rfc-2025-06/${patch}` : (own(NAMED, suffix) ?? `v${suffix}`);
  return { group, revision };
}

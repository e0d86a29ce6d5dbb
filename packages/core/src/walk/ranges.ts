import type { WalkedEntry } from './entries.js';

/** Neighbouring parts of a walk that belong together. */
export interface WalkRange<K> {
  readonly start: bigint;
  readonly end: bigint;
  /** The first part of the range. */
  readonly first: WalkedEntry;
  /** Number of entries in the range. */
  readonly entries: number;
  /** What made them one range. */
  readonly key: K;
}

/**
 * Joins neighbours with equal keys into ranges; together the ranges tile what the parts tiled. Keys
 * are compared by `same`, identity when left out. Holds one range at a time.
 */
export function* ranges<K>(
  parts: Iterable<WalkedEntry>,
  keyOf: (part: WalkedEntry) => K,
  same: (a: K, b: K) => boolean = Object.is,
): Generator<WalkRange<K>> {
  let open: { start: bigint; end: bigint; first: WalkedEntry; entries: number; key: K } | undefined;
  for (const part of parts) {
    const key = keyOf(part);
    if (open !== undefined && open.end === part.start && same(open.key, key)) {
      open.end = part.end;
      open.entries++;
      continue;
    }
    if (open !== undefined) yield open;
    open = { start: part.start, end: part.end, first: part, entries: 1, key };
  }
  if (open !== undefined) yield open;
}

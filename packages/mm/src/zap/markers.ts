import { MARKER_BITS } from '@pagewright/core';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';

/** Bits of marker entries. */
export const PTE_MARKER = {
  uffdWp: MARKER_BITS.PTE_MARKER_UFFD_WP,
  poisoned: MARKER_BITS.PTE_MARKER_POISONED,
  guard: MARKER_BITS.PTE_MARKER_GUARD,
} as const;

/** Kinds of marker. */
export type MarkerKind = keyof typeof MARKER_BITS;

/** The entry is a marker of this kind. It must be non-present and not empty. */
export const isMarker = ({ pte }: Model, entry: Entry, kind: MarkerKind): boolean =>
  pte.absent(entry).markers?.includes(kind) === true;

import { any, clear, ENTRY, inTurn, set, type Test, type Word, when } from '@pagewright/core';
import type { TrackedBits } from './shape.js';

/** Helpers that read and change the tracked bits; each level picks what its header offers. */
export interface TrackedHelpers {
  readonly tests: Readonly<Record<'young' | 'dirty' | 'write' | 'soft_dirty', Test>>;
  readonly changes: Readonly<
    Record<
      | 'mkold'
      | 'mkyoung'
      | 'mkclean'
      | 'mkdirty'
      | 'wrprotect'
      | 'mkwrite_novma'
      | 'mksoft_dirty'
      | 'clear_soft_dirty',
      Word
    >
  >;
}

/**
 * The processor keeps no accessed and no dirty bit in entries: software keeps both, makes a page
 * valid only while it is young and readable, and unprotected only while it is dirty and writable.
 * The same rule at every level (pte_mkyoung() and its like, asm/pgtable.h).
 */
export function trackedHelpers(bits: TrackedBits): TrackedHelpers {
  const unprotected = clear(ENTRY, bits.protect);
  return {
    tests: {
      young: any(bits.young),
      dirty: any(bits.dirty),
      write: any(bits.write),
      soft_dirty: any(bits.softDirty),
    },
    changes: {
      mkold: set(clear(ENTRY, bits.young), bits.invalid),
      mkyoung: inTurn(
        set(ENTRY, bits.young),
        when(any(bits.read), clear(ENTRY, bits.invalid), ENTRY),
      ),
      mkclean: set(clear(ENTRY, bits.dirty), bits.protect),
      mkdirty: inTurn(
        set(ENTRY, bits.dirty | bits.softDirty),
        when(any(bits.write), unprotected, ENTRY),
      ),
      wrprotect: set(clear(ENTRY, bits.write), bits.protect),
      mkwrite_novma: inTurn(set(ENTRY, bits.write), when(any(bits.dirty), unprotected, ENTRY)),
      mksoft_dirty: set(ENTRY, bits.softDirty),
      clear_soft_dirty: clear(ENTRY, bits.softDirty),
    },
  };
}

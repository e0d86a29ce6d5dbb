import {
  any,
  type BitTable,
  both,
  clear,
  type HeaderGeneration,
  invert,
  MASK64,
  type Masks,
  masksOf,
  noneOf,
  set,
  type Test,
  type Word,
  when,
} from '@pagewright/core';

/** What decides about an entry's helpers. */
export interface ShapeOptions {
  readonly headers: HeaderGeneration;
  readonly levels: 4 | 5;
  readonly shadowStack: boolean;
  readonly devmap: boolean;
  /** CONFIG_MITIGATION_PAGE_TABLE_ISOLATION: the top level may carry NX. */
  readonly pageTableIsolation: boolean;
}

/** The options with the masks of the bit table and what follows from them. */
export interface Shape extends ShapeOptions {
  readonly bits: BitTable;
  readonly m: Masks;
  /** Read-only dirty entries keep their dirty bit elsewhere (since 6.6). */
  readonly savedDirty: boolean;
  /** _KERNPG_TABLE: the bits of a pointer to a table of the kernel's. */
  readonly kernelTable: bigint;
}

/** Adds what follows from the bit table. */
export function shapeOf(options: ShapeOptions, bits: BitTable): Shape {
  const m = masksOf(bits);
  return {
    ...options,
    bits,
    m,
    savedDirty: options.headers !== '6.1',
    kernelTable: m('_PAGE_PRESENT', '_PAGE_RW', '_PAGE_ACCESSED', '_PAGE_DIRTY'),
  };
}

/**
 * Entries that are neither empty nor present hold their frame inverted, against L1TF
 * (arch/x86/include/asm/pgtable-invert.h, __pte_needs_invert()).
 */
export function needsInvert({ m }: Shape, entry: Word): Test {
  const present = m('_PAGE_PRESENT');
  return both(noneOf(present, entry), any(MASK64 ^ present, entry));
}

/** `word`, inverted when an entry with these bits holds its frame inverted (protnone_mask()). */
export const guarded = (shape: Shape, entry: Word, word: Word): Word =>
  when(needsInvert(shape, entry), invert(word), word);

/** mksaveddirty_shift(): a read-only entry keeps its dirty bit in the software bit. */
export function saveDirty({ m, savedDirty }: Shape, entry: Word): Word {
  if (!savedDirty) return entry;
  const dirty = m('_PAGE_DIRTY');
  const moves = both(noneOf(m('_PAGE_RW'), entry), any(dirty, entry));
  return when(moves, set(clear(entry, dirty), m('_PAGE_SAVED_DIRTY')), entry);
}

/** clear_saveddirty_shift(): a writable entry has its dirty bit in the processor's place. */
export function restoreDirty({ m, savedDirty }: Shape, entry: Word): Word {
  if (!savedDirty) return entry;
  const saved = m('_PAGE_SAVED_DIRTY');
  const moves = both(any(m('_PAGE_RW'), entry), any(saved, entry));
  return when(moves, set(clear(entry, saved), m('_PAGE_DIRTY')), entry);
}

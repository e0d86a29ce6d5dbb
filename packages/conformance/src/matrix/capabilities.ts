import type { EntryForm, Level } from '@pagewright/core';

/** What one form in one header generation can do. */
export type FormCapabilities = {
  readonly form: string;
  readonly arch: string;
  readonly headers: string;
  readonly summary: string;
  readonly wordBits: number;
  readonly byteOrder: string;
  readonly pageBytes: number;
  readonly addressBits: number;
  /** Levels that have tables, root first. */
  readonly levels: readonly Level[];
  /** Levels at which an entry may map memory. */
  readonly maps: readonly Level[];
  /** Levels at which the special mark works. */
  readonly special: readonly Level[];
  /** Optional features by the names of `Supports`. */
  readonly supports: Readonly<Record<string, boolean>>;
  /** Numbers of the non-swap types; types below `swap files` are swap files. */
  readonly swapTypes: Readonly<Record<string, number>>;
};

/** Reads off a form what it can do. */
export function capabilitiesOf({ definition }: EntryForm): FormCapabilities {
  const { levels, swap } = definition;
  const where = (has: 'mayMap' | 'hasSpecial'): Level[] =>
    levels.filter((geometry) => geometry[has]).map(({ level }) => level);
  return {
    form: definition.name,
    arch: definition.arch,
    headers: definition.headers,
    summary: definition.summary,
    wordBits: definition.wordBits,
    byteOrder: definition.byteOrder,
    pageBytes: 2 ** definition.pageShift,
    addressBits: definition.addressBits,
    levels: levels.filter(({ folded }) => !folded).map(({ level }) => level),
    maps: where('mayMap'),
    special: where('hasSpecial'),
    supports: { ...definition.supports },
    swapTypes: { 'swap files': swap.types.maxSwapfiles, ...swap.types.numbers },
  };
}

/** Capabilities in the words of a table's head, by the names of `Supports`. */
export const CAPABILITY_WORDS: Readonly<Record<string, string>> = {
  softDirty: 'soft-dirty',
  uffdWp: 'uffd-wp',
  devmap: 'devmap',
  protnone: 'protnone',
  transparentHugepage: 'THP',
  pudTransparentHugepage: 'PUD THP',
  thpMigration: 'THP migration',
  gupFast: 'GUP-fast',
  shadowStack: 'shadow stack',
  pgtableDeposit: 'deposit',
};

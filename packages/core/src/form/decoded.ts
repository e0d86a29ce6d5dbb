import type { Bits, Pfn, PhysAddr } from '../units.js';
import type { AbsentKind, MarkerName } from './swap-types.js';

/** Something that maps memory. */
export interface LeafEntry {
  readonly kind: 'leaf';
  readonly pfn: Pfn;
  /** First byte mapped: pfn times the page size. */
  readonly physical: PhysAddr;
  /** The word without the bits that hold the frame. */
  readonly attributes: Bits;
}

/** A pointer to the next table. */
export interface TableEntry {
  readonly kind: 'table';
  /** Physical address of the next table. */
  readonly next: PhysAddr;
  /** The word without that address. */
  readonly attributes: Bits;
}

/** An empty slot; `residue` holds bits that the architecture ignores in one (x86 errata bits). */
export interface NoneEntry {
  readonly kind: 'none';
  readonly residue: Bits;
}

/** A non-present entry that carries software information. */
export interface AbsentEntry {
  readonly kind: 'absent';
  /** What it stands for. */
  readonly what: AbsentKind;
  /** Swap type number. */
  readonly type: number;
  /** Swap offset; a frame number (with age bits) for the kinds that have one. */
  readonly offset: bigint;
  /** Frame that the entry stands for: migration, device and hwpoison entries. */
  readonly pfn?: Pfn;
  /** Young and dirty of a migration entry, where the form keeps them. */
  readonly young?: boolean;
  readonly dirty?: boolean;
  /** Names of the marker bits that are set. */
  readonly markers?: readonly MarkerName[];
  /** The word differs from the plain encoding of type and offset by these bits (flags, strays). */
  readonly residue: Bits;
}

/** A word that means nothing at this level. */
export interface InvalidEntry {
  readonly kind: 'invalid';
  /** Why it means nothing. */
  readonly reason: string;
  readonly raw: Bits;
}

/** What an entry is (DESIGN 2, Decoded entry). */
export type DecodedEntry = NoneEntry | TableEntry | LeafEntry | AbsentEntry | InvalidEntry;

/** The kinds, in the order in which tables list them. */
export const ENTRY_KINDS = ['none', 'table', 'leaf', 'absent', 'invalid'] as const;
/** One of the five kinds. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

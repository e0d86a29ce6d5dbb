import type { BitTable, HeaderGeneration, Level, MappingLevel, Masks } from '@pagewright/core';
import { TABLE_TYPES, type TableType } from './bits.js';

/** What the helpers of a form are made from. */
export interface Shape {
  readonly headers: HeaderGeneration;
  readonly bits: BitTable;
  /** Masks by field name. */
  readonly m: Masks;
  /** Upper entries have a present bit and a swap format (since 6.13). */
  readonly upperSwap: boolean;
  /** The machine can forbid execution (MACHINE_HAS_NX, cpu_has_nx()). */
  readonly noexec: boolean;
}

/** Position of a mask's lowest bit. */
export const lowestBit = (mask: bigint): number => (mask & -mask).toString(2).length - 1;

/** The bits by which an upper entry says in which type of table it stands. */
export function typeBits({ m }: Shape, level: Level, type: TableType): bigint {
  const mask = m(level === 'pmd' ? '_SEGMENT_ENTRY_TYPE_MASK' : '_REGION_ENTRY_TYPE_MASK');
  return BigInt(TABLE_TYPES[type]) << BigInt(lowestBit(mask));
}

/** The single bits with which software follows a mapping; each level has them elsewhere. */
export interface TrackedBits {
  readonly read: bigint;
  readonly write: bigint;
  readonly young: bigint;
  readonly dirty: bigint;
  readonly softDirty: bigint;
  readonly protect: bigint;
  readonly invalid: bigint;
  readonly noexec: bigint;
}

/** The tracked bits of a level that maps memory. */
export function trackedBits({ m }: Shape, level: MappingLevel): TrackedBits {
  const software = { pte: '_PAGE_', pmd: '_SEGMENT_ENTRY_', pud: '_REGION3_ENTRY_' }[level];
  const hardware = level === 'pud' ? '_REGION_ENTRY_' : software;
  return {
    read: m(`${software}READ`),
    write: m(`${software}WRITE`),
    young: m(`${software}YOUNG`),
    dirty: m(`${software}DIRTY`),
    softDirty: m(`${software}SOFT_DIRTY`),
    protect: m(`${hardware}PROTECT`),
    invalid: m(`${hardware}INVALID`),
    noexec: m(`${hardware}NOEXEC`),
  };
}

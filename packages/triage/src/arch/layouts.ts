import type { LogArch } from './names.js';

/** Where the bits of a last-level entry lie on an architecture without a backend. */
export interface EntryLayout {
  readonly arch: LogArch;
  /** Configuration that it is of, where an architecture has several. */
  readonly name: string;
  readonly wordBits: 32 | 64;
  readonly pageShift: number;
  /** Lowest bit of the frame number, and how many bits it has. */
  readonly pfn: readonly [low: number, width: number];
  /** Masks of the flags that are known, by plain name. */
  readonly flags: Readonly<Record<string, bigint>>;
  /** Mask of which one bit at least is set in an entry that maps. */
  readonly present: bigint;
  /** Swap type and offset of an entry that does not. */
  readonly swap?: {
    readonly type: readonly [low: number, width: number];
    readonly offset: readonly [low: number, width: number];
  };
  /** Kernel header that defines it. */
  readonly source: string;
}

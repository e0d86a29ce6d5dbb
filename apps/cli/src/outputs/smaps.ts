import type { Hex } from '@pagewright/core';

/** What `smaps` answers. */
export type SmapsOutput = {
  readonly schema: 'pagewright/smaps/1';
  readonly dump: string;
  /** Release of the kernel, where the dump names it. */
  readonly release: string | null;
  /** Revision whose rules judge. */
  readonly kernel: string;
  readonly pid: number;
  readonly comm: string;
  /** Empty with `--rollup`. */
  readonly vmas: readonly SmapsAreaData[];
  /** With `--rollup` the lines of smaps_rollup; else null. */
  readonly rollup: Readonly<Record<string, number>> | null;
  /** What could not be counted in full: memory that the dump lacks, no symbol `swap_info`. */
  readonly problems: readonly string[];
};

/** One mapping, as a heading of smaps has it. */
export type SmapsAreaData = {
  readonly start: Hex;
  readonly end: Hex;
  readonly perms: string;
  readonly offset: Hex;
  /** Major and minor number, in hexadecimal. */
  readonly dev: string;
  readonly inode: number;
  readonly path: string;
  /**
   * The lines that this kernel prints, under its names and in its units (KiB); `VmFlags` is a string
   * of letters. `KSM`, `Pss_Dirty` and `ProtectionKey` are there where the kernel prints them.
   */
  readonly smaps: Readonly<Record<string, number | string>>;
  readonly problem: string | null;
};

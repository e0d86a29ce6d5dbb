import type { Hex } from '@pagewright/core';
import type { Dump } from '@pagewright/dump';
import type { JudgedData } from '../inspect/entry-data.js';
import type { AreaData, JudgedRangeData, Totals } from '../inspect/process-data.js';
import type { KernelEntryData, KernelRangeData, KernelTotals } from '../kernel-space/space-data.js';

/** What `inspect` answers about processes. */
export type InspectOutput = {
  readonly schema: 'pagewright/inspect/1';
  readonly dump: string;
  readonly container: Dump['container'];
  /** Release of the kernel, where the dump names it. */
  readonly release: string | null;
  readonly form: string;
  readonly headers: string;
  /** Revision whose rules judge. */
  readonly kernel: string;
  /** Revisions that cannot be told from it. */
  readonly alternatives: readonly string[];
  /** What the kernel is taken for, and what in the dump says so. */
  readonly grounds: readonly { readonly choice: string; readonly because: string }[];
  readonly processes: readonly ProcessData[];
};

/** A process. */
export type ProcessData = {
  readonly pid: number;
  readonly comm: string;
  readonly kernelThread: boolean;
  /** Address of its mm_struct; null where it has none of its own. */
  readonly mm: Hex | null;
  /** Physical address of its root table. */
  readonly root: Hex | null;
  readonly form: string | null;
  readonly totals: Totals;
  readonly vmas: readonly AreaData[];
  /** Why it could not be read, or not to the end. */
  readonly problem: string | null;
};

/** What `inspect --kernel-space` answers. */
export type KernelSpaceOutput = {
  readonly schema: 'pagewright/inspect/1';
  readonly dump: string;
  readonly release: string | null;
  readonly form: string;
  readonly headers: string;
  /** Physical address of the kernel's root table. */
  readonly root: Hex;
  /** What the kernel uses its addresses for. */
  readonly regions: readonly { readonly name: string; readonly start: Hex; readonly end: Hex }[];
  readonly totals: KernelTotals;
  readonly ranges: readonly KernelRangeData[];
  /** Empty without `--entries`. */
  readonly entries: readonly KernelEntryData[];
};

/** Where an object of `inspect --ndjson` belongs. */
type LineHead = {
  readonly pid: number;
  /** First address of the mapping. */
  readonly vma: Hex;
};

/** One line of `inspect --ndjson`: a range, an entry with `--entries`, or what could not be read. */
export type InspectLine =
  | (LineHead & JudgedRangeData)
  | (LineHead & JudgedData)
  | (LineHead & { readonly problem: string })
  | { readonly pid: number; readonly problem: string }
  | KernelRangeData
  | KernelEntryData;

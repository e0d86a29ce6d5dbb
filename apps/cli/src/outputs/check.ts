import type { Hex, Level } from '@pagewright/core';
import type { FindingId, Severity } from '@pagewright/inspect';

/** What `check` answers. */
export type CheckOutput = {
  readonly schema: 'pagewright/check/1';
  readonly dump: string;
  /** Release of the kernel, where the dump names it. */
  readonly release: string | null;
  readonly form: string;
  /** Revision whose rules judge. */
  readonly kernel: string;
  /** Address spaces that were walked, and that could not be. */
  readonly walked: number;
  readonly notWalked: number;
  /** Findings by severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly FindingData[];
};

/** Something that is wrong, or may be. */
export type FindingData = {
  readonly id: FindingId;
  /** `error`: no healthy kernel has it. `warning`: a race may explain it. `note`: a limit of the check. */
  readonly severity: Severity;
  /** Invariants of SPEC 14 that it breaks. */
  readonly invariants: readonly string[];
  /** What it means. */
  readonly sentence: string;
  /** What is odd about this place. */
  readonly detail: string;
  /** Places like it: the same process and the same table. */
  readonly count: number;
  /** The first place. */
  readonly evidence: EvidenceData;
};

/** Where something was found, as far as it has a place. */
export type EvidenceData = {
  readonly pid?: number;
  readonly comm?: string;
  /** First address of the mapping. */
  readonly vma?: Hex;
  readonly addr?: Hex;
  readonly level?: Level;
  /** Physical address of the table that holds the entry. */
  readonly table?: Hex;
  readonly index?: number;
  readonly raw?: Hex;
  readonly pfn?: Hex;
  /** Name of the counter, in the kernel's words. */
  readonly counter?: string;
  /** What the kernel keeps count of, and what the check counted. */
  readonly kept?: number;
  readonly counted?: number;
};

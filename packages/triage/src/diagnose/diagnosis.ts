import type { EntryForm } from '@pagewright/core';
import type { EntryLayout } from '../arch/layouts.js';
import type { LogArch } from '../arch/names.js';
import type { LogPlace } from '../incident.js';

/** Classes of root causes (FORMATS.md section 8), and `unknown`. */
export const CAUSES = [
  'pgtable_lifetime',
  'special_mapping',
  'regression_accounting',
  'swap_encoding',
  'reserved_or_double_free',
  'boot_memmap',
  'stray_write',
  'healthy_entry_misread',
  'checker_or_helper',
  'other_kernel_bug',
  'driver_page_misuse',
  'walker_out_of_bounds',
  'hardware',
  'format_example',
  'corruption_writer_unknown',
  'harmless',
  'unknown',
] as const;
/** One of them. */
export type Cause = (typeof CAUSES)[number];

/**
 * How sure a diagnosis is: `certain` only where the log itself proves it, `likely` where its signs
 * speak for this and for nothing else as much, `possible` otherwise.
 */
export type Confidence = 'certain' | 'likely' | 'possible';

/** One sign for or against a diagnosis. */
export interface Evidence {
  /** Id of the rule that found it. */
  readonly rule: string;
  readonly speaks: 'for' | 'against';
  readonly sentence: string;
  readonly at?: LogPlace;
}

/** A commit that mends something that looks alike. */
export type KnownFix = {
  /** Commit id as its source gives it. */
  readonly commit: string;
  /** Its subject, or what it does in a few words. */
  readonly subject: string;
  /** Where the id stands. */
  readonly source: string;
};

/** What may have happened. */
export interface Diagnosis {
  readonly cause: Cause;
  /** The finer reading: `text-over-table`, `lost-special-mark` ... */
  readonly finding: string;
  readonly sentence: string;
  readonly confidence: Confidence;
  readonly because: readonly Evidence[];
  /** What to look at and what tells more, most useful first. */
  readonly next: readonly string[];
  readonly fixes?: readonly KnownFix[];
}

/** What is known of the machine that a log comes from. */
export interface LogMachine {
  readonly arch: LogArch | 'unknown';
  /** How its entries are encoded, of a backend; `layout` where there is none for it. */
  readonly form?: EntryForm;
  readonly layout?: EntryLayout;
  /** Revision whose rules are nearest. */
  readonly kernel?: string;
  /** As the log says it. */
  readonly release?: string;
}

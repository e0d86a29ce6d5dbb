import type { Bits } from '@pagewright/core';
import type { LogLevel } from '../incident.js';

/** What a printed entry says, as far as the machine is known. */
export interface EntryReading {
  readonly level: LogLevel;
  readonly raw: Bits;
  /** Who says so: a backend's form, the small table of layouts, or nobody. */
  readonly by: 'form' | 'layout' | 'nothing';
  /** Name and source of the encoding; empty for nobody's. */
  readonly source: string;
  readonly kind: 'none' | 'leaf' | 'table' | 'absent' | 'invalid' | 'unknown';
  /** Names of the flags that are set, as the kernel has them. */
  readonly flags: readonly string[];
  readonly pfn?: bigint;
  /** Physical address of the table that it points to. */
  readonly next?: bigint;
  readonly present?: boolean;
  readonly special?: boolean;
  readonly write?: boolean;
  readonly protnone?: boolean;
  /** Kind of a swap value, its type and its offset. */
  readonly swap?: { readonly what: string; readonly type: number; readonly offset: bigint };
  /** The same in words. */
  readonly sentence: string;
}

import type { Hex } from '@pagewright/core';
import type { Dump } from '@pagewright/dump';
import type { RangeData } from '../walk/range-data.js';
import type { EndData, StepData } from '../walk/step-data.js';

/** What `walk` answers. */
export type WalkOutput = {
  readonly schema: 'pagewright/walk/1';
  readonly dump: string;
  readonly container: Dump['container'];
  readonly form: string;
  readonly headers: string;
  /** Physical address of the root table. */
  readonly root: Hex;
  /** Other forms of the architecture as which the root table makes sense when it makes none in this one. */
  readonly fits: readonly string[];
  /** The address of `--at`, else null. */
  readonly at: Hex | null;
  /** The span of `--span`, else null. */
  readonly span: { readonly start: Hex; readonly end: Hex } | null;
  /** With `--at`: every entry that was looked at, from the root down. */
  readonly steps: readonly StepData[];
  /** With `--at`: how the walk ended. */
  readonly end: EndData | null;
  /** With `--span`: ranges that tile it. */
  readonly ranges: readonly RangeData[];
};

/** What both kinds of walk say first. */
export type WalkHead = Omit<WalkOutput, 'at' | 'span' | 'steps' | 'end' | 'ranges'>;

import type { EntryForm, Level } from '@pagewright/core';
import type { LevelSweep } from './sweep.js';

/** What a law is about; the order of the generated document. */
export const LAW_GROUPS = [
  'age, dirty and write',
  'special',
  'soft-dirty, uffd-wp and devmap',
  'what transforms keep',
  'modify',
  'building',
  'huge entries',
  'pointers',
  'swap side',
  'kinds',
  'codec',
  'geometry',
  'walk',
  'normal pages',
  'agreement',
] as const;
/** One of the groups. */
export type LawGroup = (typeof LAW_GROUPS)[number];

/**
 * What a law is run over, and with it the numbers that its check is given:
 * `words` and `leaves` [entry]; `leaves x protections` [entry, protection]; `frames x protections`
 * [pfn, protection]; `protection map` [pfn, index of the map]; `swap words` [entry]; `swap values`
 * [type, offset]; `level` nothing, once a level; `form` nothing, once a form.
 */
export type Over =
  | 'words'
  | 'leaves'
  | 'leaves x protections'
  | 'frames x protections'
  | 'protection map'
  | 'swap words'
  | 'swap values'
  | 'level'
  | 'form';

/** The numbers that one check is given. */
export type Input = readonly bigint[];

/** How a law was broken: what it demands and what the form answered, in words. */
export interface Broken {
  readonly expected: string;
  readonly got: string;
  /** The word at fault, where it is not the check's first number. */
  readonly word?: bigint;
}

/** The law says nothing about this input. */
export const OUTSIDE = 'outside';

/** Looks at one input: undefined when the law holds. */
export type Check = (...input: bigint[]) => Broken | typeof OUTSIDE | undefined;

/**
 * One law. Ids quote the kernel's helpers, with `pxx` for the level; `source` is the kernel file and
 * function, or the SPEC section, that demands it.
 */
export interface Law {
  readonly id: string;
  readonly group: LawGroup;
  readonly sentence: string;
  readonly source: string;
  readonly over: Over;
  /** What the law leaves out because the kernel's own headers do, and why. */
  readonly except?: string;
  /**
   * The check at one level, or undefined where the form lacks what the law is about. Laws over
   * `form` are asked once, with the pte level.
   */
  at(form: EntryForm, level: Level, sweep: LevelSweep): Check | undefined;
}

/** The law's id at one level: `pte_young(pte_mkyoung(e))`. */
export const idAt = (law: Law, level: Level): string => law.id.replaceAll('pxx', level);

import { HEADER_GENERATIONS, type HeaderGeneration } from '@pagewright/core';
import type { TableType } from './bits.js';
import { addressBits, type LevelCount } from './geometry.js';

/** One form: how many levels a process has. */
export interface FormSpec {
  readonly name: string;
  readonly levels: LevelCount;
  /** Type of the root table. */
  readonly root: TableType;
  readonly headers: readonly HeaderGeneration[];
}

/** The forms. Each process has its own: exec gives 3 levels, more come as its mappings reach up. */
export const FORMS: readonly FormSpec[] = [
  { name: 's390x', levels: 5, root: 'region1', headers: HEADER_GENERATIONS },
  { name: 's390x-4', levels: 4, root: 'region2', headers: HEADER_GENERATIONS },
  { name: 's390x-3', levels: 3, root: 'region3', headers: HEADER_GENERATIONS },
];

/** One line about a form. */
export const summary = ({ levels }: FormSpec): string =>
  `s390x, ${levels} levels, ${addressBits(levels)}-bit addresses`;

import { HEADER_GENERATIONS, type HeaderGeneration } from '@pagewright/core';
import { addressBits, type LevelCount } from './geometry.js';

/** One form: how many levels a process has. */
export interface FormSpec {
  readonly name: string;
  readonly levels: LevelCount;
  readonly headers: readonly HeaderGeneration[];
}

/**
 * The forms, most levels first. Each process has its own: exec gives 3 levels, more come as its
 * mappings reach up.
 */
export const FORMS: readonly FormSpec[] = [
  { name: 's390x', levels: 5, headers: HEADER_GENERATIONS },
  { name: 's390x-4', levels: 4, headers: HEADER_GENERATIONS },
  { name: 's390x-3', levels: 3, headers: HEADER_GENERATIONS },
];

/** One line about a form. */
export const summary = ({ levels }: FormSpec): string =>
  `s390x, ${levels} levels, ${addressBits(levels)}-bit addresses`;

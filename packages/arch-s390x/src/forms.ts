import { addressBits, type LevelCount } from './geometry.js';

/** One form: how many levels a process has. Each exists in every generation of headers. */
export interface FormSpec {
  readonly name: string;
  readonly levels: LevelCount;
}

/**
 * The forms, most levels first. Each process has its own: exec gives 3 levels, more come as its
 * mappings reach up.
 */
export const FORMS: readonly FormSpec[] = [
  { name: 's390x', levels: 5 },
  { name: 's390x-4', levels: 4 },
  { name: 's390x-3', levels: 3 },
];

/** One line about a form. */
export const summary = ({ levels }: FormSpec): string =>
  `s390x, ${levels} levels, ${addressBits(levels)}-bit addresses`;

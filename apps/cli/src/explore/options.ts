import type { SearchChoice } from './search.js';

/** What `pagewright explore` is asked with. */
export interface ExploreOptions {
  readonly kernel?: string;
  readonly form?: string;
  readonly depth?: number;
  /** MB. */
  readonly memory?: number;
  readonly workers?: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly replay?: string;
  readonly export?: string;
  readonly dot?: string;
  readonly svg?: string;
  readonly check?: true;
  readonly symmetry: boolean;
  readonly mode: string;
  readonly seed: number;
  readonly walks: number;
  readonly bisect?: string;
}

/** How to search, of what was asked. */
export function choiceOf(options: ExploreOptions): SearchChoice {
  const { depth, memory, workers, checkpoint, resume, symmetry } = options;
  return {
    symmetry,
    ...(depth === undefined ? {} : { depth }),
    ...(memory === undefined ? {} : { memory: memory * 2 ** 20 }),
    ...(workers === undefined ? {} : { workers }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(resume === undefined ? {} : { resume }),
  };
}

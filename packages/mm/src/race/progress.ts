/** What a step came to, in the words that runs print; the first two are of no step. */
export const PROGRESS = [
  'waits',
  'over',
  // GUP-fast
  'reads an even sequence',
  'fork under way: gives up',
  'reads the entry',
  'finds nothing to take',
  'takes the reference',
  'gets no reference',
  'entry as before: keeps it',
  'entry as before: looks at the sequence next',
  'entry changed: gives it back',
  'refused: gives it back',
  'sequence as before: keeps it',
  'fork meanwhile: gives it back',
  // unmapping, and protection by KSM
  'finds it mapped no more',
  'is protected already',
  'finds the VMA locked',
  'clears the entry',
  'clears the entry, unseen yet',
  'flushes',
  'puts the flush off',
  'asks nobody for pins',
  'finds no pin',
  'finds a pin: restores the entry',
  'finds a reference: restores the entry',
  'ends exclusivity',
  'nothing was exclusive',
  'writes the entry',
  'the clear is seen',
  // fork
  'makes the sequence odd',
  'shares the page',
  'must copy the page',
  'nothing to share',
  'write-protects, maps it in the child',
  'maps a copy in the child',
  'copies what is left',
  'makes the sequence even',
  'out of memory',
  // split
  'finds no other reference',
  'finds another reference: gives up',
  'unmaps the folio',
  'splits the folio',
  'cannot freeze it: maps it again',
  // a fault of a PMD
  'finds the PMD empty',
  'finds the PMD in use',
  'maps a PMD',
  'is content with the PMD that is there',
  'falls back to pages',
  'falls back where a PMD maps it by now',
  'maps a page',
  'must fault again',
  'cannot be served',
] as const;
/** What a step came to. */
export type Progress = (typeof PROGRESS)[number];

const NUMBERS: ReadonlyMap<Progress, number> = new Map(PROGRESS.map((each, i) => [each, i]));

/** The number that an operation answers for it. */
export const progressNumber = (what: Progress): number => NUMBERS.get(what) as number;

/** What a number means; numbers below 0 are errors. */
export const progressName = (number: number): Progress => PROGRESS[number] as Progress;

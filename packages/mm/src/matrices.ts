/**
 * Tables over all kernels: what becomes of an entry when a bit of it flips, and what insertion
 * answers for a slot that is taken.
 * @packageDocumentation
 */
export { EXIT_WORDS, type ExitWord, HIT_USES, type HitUse } from './flips/at-exit.js';
export { type DocumentedForms, documentedForms } from './flips/documented-forms.js';
export * from './flips/flip-rows.js';
export * from './flips/flips.js';
export { foldKernels, type KernelGroup, kernelRuns } from './flips/fold-kernels.js';
export { FLIP_CLASSES, type FlipClass } from './flips/judge.js';
export { frameBits, type Landing, landing, landingShares } from './flips/landing.js';
export {
  DEFAULT_MEMORY,
  type ExampleFrames,
  exampleFrames,
  highestPfn,
  type MemoryLayout,
  type PhysicalRange,
  type Place,
  parseMemory,
} from './flips/layout.js';
export { FLIPPED, type FlippedKind, SWAP_SLOTS } from './flips/machine.js';
export { type FormFlips, flipsMarkdown } from './flips/markdown.js';
export { type PmdFlips, pmdFlipsMatrix, pmdFlipsOf } from './flips/pmd-flips.js';
export * from './flips/summary.js';
export {
  TABLE_CHECKS,
  type TableCheck,
  tableCheckText,
} from './flips/table-check.js';
export * from './insertion-matrix/encoding-rows.js';
export {
  type ComparedFrames,
  type EncodedKind,
  encodedKinds,
} from './insertion-matrix/encodings.js';
export * from './insertion-matrix/insertion-rows.js';
export * from './insertion-matrix/insertions.js';
export { type FormInsertions, insertionMarkdown } from './insertion-matrix/markdown.js';
export { OCCUPANTS, type Occupant } from './insertion-matrix/occupants.js';
export { PRIMITIVES, type Primitive } from './insertion-matrix/primitives.js';

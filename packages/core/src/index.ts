/**
 * @pagewright/core: what a page-table entry is to Linux, without naming an architecture.
 * @packageDocumentation
 */
export * from './expr/index.js';
export * from './form/index.js';
export * from './frames.js';
export * from './kernel/index.js';
export * from './normal/index.js';
export * from './outcome.js';
export * from './units.js';
export * from './vma/index.js';
export * from './walk/index.js';

/**
 * @pagewright/conformance: laws that every backend must keep, and runners that compare a backend
 * with vectors taken from real kernels.
 * @packageDocumentation
 */
export * from './decisions/index.js';
export * from './laws/index.js';
export * from './matrix/index.js';
export * from './vectors/index.js';

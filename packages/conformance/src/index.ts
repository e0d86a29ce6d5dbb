/**
 * @pagewright/conformance: laws that every backend must keep, and runners that compare a backend
 * with vectors taken from real kernels.
 * @packageDocumentation
 */
export * from './vectors/index.js';

/**
 * Bulk scanning of tables: code compiled from a form's bit table that counts kinds and collects
 * frames without an object an entry.
 * @packageDocumentation
 */
export type { PairTestFunction, PairWordFunction } from './expr/compile-pair.js';
export { onPairs } from './scan/on-pairs.js';
export * from './scan/scanner.js';

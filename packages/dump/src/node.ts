/**
 * Dump files on disk.
 * @packageDocumentation
 */
export * from './node/file-source.js';

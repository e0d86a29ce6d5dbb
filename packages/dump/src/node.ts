/**
 * Dump files on disk.
 * @packageDocumentation
 */
export * from './node/decompress.js';
export * from './node/file-source.js';
export * from './node/open-files.js';
export * from './node/uncompressed-file.js';

/**
 * Reading vector folders from disk: the only part of this package that touches the file system.
 * @packageDocumentation
 */
export * from './node/read-folder.js';

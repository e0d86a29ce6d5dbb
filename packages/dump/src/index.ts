/**
 * @pagewright/dump: a memory dump as physical memory. Knows containers, not page tables; reading
 * files from disk is in `@pagewright/dump/node`.
 * @packageDocumentation
 */
export * from './bytes.js';
export * from './decompress/decompressors.js';
export * from './decompress/load.js';
export * from './elf.js';
export type { Utsname } from './kdump/header.js';
export * from './open.js';
export * from './segments.js';

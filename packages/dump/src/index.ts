/**
 * @pagewright/dump: a memory dump as physical memory. Knows containers, not page tables; reading
 * files from disk is in `@pagewright/dump/node`.
 * @packageDocumentation
 */
export * from './btf/index.js';
export * from './bytes.js';
export * from './decompress/decompressors.js';
export * from './decompress/load.js';
export * from './elf.js';
export * from './kallsyms/index.js';
export type { Utsname } from './kdump/header.js';
export * from './kdump/write.js';
export * from './kernel-memory.js';
export * from './open.js';
export * from './segments.js';
export * from './struct-pages.js';
export * from './virtual-memory.js';
export * from './vmcoreinfo.js';
export * from './vmcoreinfo-search.js';

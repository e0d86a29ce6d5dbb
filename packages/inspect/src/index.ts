/**
 * @pagewright/inspect: a dumped kernel's processes, their address spaces and mappings. Is handed the
 * architectures; names none.
 * @packageDocumentation
 */
export * from './check/index.js';
export * from './distill/distill.js';
export * from './kernel.js';
export * from './kernel-space/index.js';
export * from './mm.js';
export * from './modules/modules.js';
export * from './pages.js';
export * from './probes.js';
export * from './smaps/index.js';
export * from './stream.js';
export * from './stream-context.js';
export * from './stream-ranges.js';
export * from './tasks.js';
export * from './vma/vmas.js';

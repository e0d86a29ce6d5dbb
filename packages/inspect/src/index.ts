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
export type { MappedFile } from './names/mapped-file.js';
export type { PageFlag, PageLayout } from './page-layout.js';
export * from './pages.js';
export * from './probes.js';
export type { RssCounters } from './rss.js';
export * from './smaps/index.js';
export {
  type JudgedEntry,
  judgedEntries,
  judgedRanges,
  type LeafVerdict,
  type RangeKey,
  rangeKey,
  type WalkContext,
} from './stream.js';
export * from './stream-context.js';
export * from './stream-ranges.js';
export * from './tasks.js';
export type { TreePlace } from './vma/maple.js';
export type { DumpedVmOps } from './vma/normal-page-hook.js';
export * from './vma/vmas.js';

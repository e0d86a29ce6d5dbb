/**
 * @pagewright/mm: Linux memory management that runs. Page tables hold real entry words of the chosen
 * architecture; every operation behaves as the chosen kernel revision's does.
 * @packageDocumentation
 */
export { corrupt, freeTableInUse } from './damage.js';
export { blockAt, blockUsers, daxContent, setBlock } from './dax/blocks.js';
export { DEVDAX_OPS, devdaxMmap } from './dax/devdax.js';
export { newDeviceMemory, placeOnDevice } from './dax/device.js';
export { DAX, daxEntriesIn, daxEntryAt } from './dax/entry.js';
export { FSDAX_OPS } from './dax/file-ops.js';
export { answerOf, WORK } from './dax/waiter.js';
export { DEV_MEM_OPS, mmapMem } from './devices/dev-mem.js';
export {
  DeviceAddressSpace,
  type MapError,
  type RangeNotifier,
} from './devices/device-address-space.js';
export * from './devices/driver-ops.js';
export { mmapDevice } from './devices/mmap-device.js';
export { OutsideDevice, type OutsideRequest, type OutsideVma } from './devices/outside-device.js';
export { ERRNO, errnoName, VM_FAULT, vmFaultName } from './errno.js';
export type { ModelEvent } from './events.js';
export { FILE_KINDS, type FileKindName, fileKindNumber } from './files/file-kinds.js';
export { FILE_SYSTEMS, type FileSystemName, makeFileSystem } from './files/file-systems.js';
export { FILE_OPS, SECRETMEM_OPS, SHMEM_OPS } from './files/filemap-ops.js';
export { newMapping } from './files/new-mapping.js';
export { cachedPage, fileContent, readIntoCache } from './files/page-cache.js';
export { writebackFile } from './files/writeback.js';
export { forkMm } from './fork/fork.js';
export { allocFolio, prepareFolio } from './frames/allocate.js';
export * from './frames/folio.js';
export * from './frames/page-flags.js';
export { FOLL } from './gup/flags.js';
export { type FolioWalk, FW, folioWalkStart, newFolioWalk } from './gup/folio-walk.js';
export { getUserPages } from './gup/get-user-pages.js';
export { getUserPagesFast } from './gup/gup-fast.js';
export { putReference, referenceAt } from './gup/reference.js';
export { applyToPageRange } from './insert/apply-to-page-range.js';
export { disableCowSharing } from './insert/disable-cow-sharing.js';
export * from './insert/mmap-action.js';
export { PFN_FLAG } from './insert/pfn-flags.js';
export { remapPfnRange } from './insert/remap-pfn-range.js';
export { vmInsertPage } from './insert/vm-insert-page.js';
export { type PageBatch, vmInsertPages } from './insert/vm-insert-pages.js';
export { vmIomapMemory } from './insert/vm-iomap-memory.js';
export { vmMapPages, vmMapPagesZero } from './insert/vm-map-pages.js';
export { vmfInsertMixed, vmfInsertMixedMkwrite } from './insert/vmf-insert-mixed.js';
export { vmfInsertPageMkwrite } from './insert/vmf-insert-page-mkwrite.js';
export { vmfInsertPfn, vmfInsertPfnProt } from './insert/vmf-insert-pfn.js';
export { checkInvariants } from './invariants/check.js';
export { INVARIANTS, type Invariant } from './invariants/list.js';
export { checkStep, type Step } from './invariants/steps.js';
export type { Violation } from './invariants/violation.js';
export {
  type ChangeName,
  type Entry,
  type EntryChange,
  EntrySpace,
  type EntryTest,
  NONE,
  type Prot,
  type TestName,
} from './machine/entries.js';
export { Machine, type MachineOptions, type TableLevel } from './machine/machine.js';
export {
  MemoryMap,
  type MemoryRange,
  type Pageblock,
  type Placed,
  type Purpose,
  type Zone,
} from './machine/memory-map.js';
export {
  type MachineRoom,
  RAM_PFN,
  ROOM,
  type StandardMachine,
  standardMachine,
} from './machine/standard.js';
export type { VmFlagSets } from './machine/vm-flags.js';
export type { WordIds } from './machine/word-ids.js';
export { Model, type Outcome, run } from './model.js';
export { changeProtection, changeProtNuma } from './mprotect/change-protection.js';
export { MM_CP } from './mprotect/flags.js';
export { mprotect } from './mprotect/mprotect.js';
export { vmNormalPage, WILD_PAGE } from './normal-page.js';
export * from './operations.js';
export { DEPARTURE, type Departure, SEQUENCE, type SequenceReads } from './race/kinds.js';
export { PROGRESS, type Progress, progressName } from './race/progress.js';
export {
  type BadPageMap,
  badPageMapLines,
  type ReportNames,
} from './report/bad-page-map.js';
export {
  admitReport,
  NO_REPORTS,
  type ReportLimit,
  suppressedLine,
} from './report/report-limit.js';
export { checkMmLines } from './report/rss-counters.js';
export { type PathWord, tablePath } from './report/table-path.js';
export { folioMaybeDmaPinned } from './rmap/pins.js';
export { WAITS_FOR_RMAP_LOCK } from './rmap/walk.js';
export * from './state/columns.js';
export { CHUNK_WORDS } from './state/cow-words.js';
export { packState, unpackState } from './state/pack.js';
export { type Capacities, CapacityError, Layout, State } from './state/state.js';
export type { Words } from './state/words.js';
export { entryAt, levelNumber, type SlotAt } from './tables/tables.js';
export type { VmFault, VmOps } from './vm-ops.js';
export { newMm, newVma, type VmaParts } from './vma/address-space.js';
export { exitMm } from './vma/exit.js';
export { ADVICE, type Advice, madvise } from './vma/madvise.js';
export { type MmapRequest, mmap } from './vma/mmap.js';
export { type MremapRequest, mremap } from './vma/mremap.js';
export { munmap } from './vma/munmap.js';
export { vmaAt } from './vma/vma.js';
export { CLEAR_REFS, clearRefs } from './walk/clear-refs.js';
export { HMM_PFN, HMM_REQ, type HmmPfn, hmmRangeFault } from './walk/hmm.js';
export { type NumaMaps, numaMaps } from './walk/numa-maps.js';
export { PAGEMAP, pagemap } from './walk/pagemap.js';
export { PAGE_IS, pagemapScan } from './walk/pagemap-scan.js';
export { type Smaps, smaps } from './walk/smaps.js';
export type { ZapDetails } from './zap/details.js';
export { unmapMappingFolio, unmapMappingPages } from './zap/unmap-mapping.js';
export { zapVmaPtes, zapVmaRange } from './zap/zap-range.js';

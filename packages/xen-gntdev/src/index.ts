/**
 * @pagewright/xen-gntdev: memory of other Xen domains in user mappings, whose entries are special and
 * yet have a page.
 * @packageDocumentation
 */
export type { AddressSpace, RangeNotifier } from './address-space.js';
export { DEFAULT_LIMIT, type Domain, type GntdevDevice, gntdevDevice, hookName } from './device.js';
export type { Errno, GntdevProblem, Outcome } from './errno.js';
export { type CallerMemory, GntdevFile } from './file.js';
export { type GrantMap, type GrantSlot, pageAt, recordEntry } from './grant-map.js';
export {
  GNTMAP,
  GNTST,
  type Grant,
  type GrantRef,
  GrantTable,
  type MapAnswer,
} from './grant-table.js';
export type { GrantVma, MmapRequest } from './mmap.js';

import { VM_FAULT } from '../errno.js';
import { CACHE_TAG, setTag } from '../files/cache-slot.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import type { VmFault } from '../vm-ops.js';
import { pageIndex } from '../vma/vma.js';
import { blockAt } from './blocks.js';
import { DAX, daxEntryAt, entryIs } from './entry.js';
import { mapDaxPage } from './map-page.js';
import { mapDaxPmd } from './map-pmd.js';

/**
 * dax_finish_sync_fault(): the file system has put its metadata on storage, and the page may be
 * written now. NOPAGE, also when somebody split or emptied the entry meanwhile (fs/dax.c; SPEC 11.5).
 */
export function daxFinishSyncFault(model: Model, vmf: VmFault, byPmd: boolean): number {
  const { vma, vpn } = vmf;
  const mapping = model.state.ref(Vma.mapping, vma);
  const index = pageIndex(model, vma, vpn);
  const slot = daxEntryAt(model, mapping, index);
  if (slot < 0 || entryIs(model, slot, DAX.pmd) !== byPmd) return VM_FAULT.NOPAGE;
  model.note('metadata-synced');
  setTag(model, slot, CACHE_TAG.dirty, true);
  const frame = blockAt(model, mapping, index);
  return byPmd ? mapDaxPmd(model, vma, vpn, frame, true) : mapDaxPage(model, vma, vpn, frame, true);
}

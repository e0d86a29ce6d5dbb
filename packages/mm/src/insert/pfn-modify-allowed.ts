import type { Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Global } from '../state/columns.js';

/**
 * pfn_modify_allowed(): false for frames whose mapping would leak data of others on processors with
 * L1TF (arch/x86/mm/mmap.c; SPEC 3). The state says from which frame on; nowhere unless told.
 */
export function pfnModifyAllowed({ state }: Model, pfn: number, _prot: Prot): boolean {
  const limit = state.get(Global.modifyLimit, 0);
  return limit === 0 || pfn < limit;
}

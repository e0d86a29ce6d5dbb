import { VM_FAULT } from '../errno.js';
import { isDevmapPfn } from '../insert/pfn-flags.js';
import { refusesRawFrame } from '../insert/refuse-raw-frame.js';
import type { Model } from '../model.js';
import { hasVmFlag, isCow } from '../vma/vma.js';
import { type HugeLevel, insertLeaf } from './insert-leaf.js';

/** vmf_insert_pfn_pmd(): a driver maps frames by one PMD on a fault (SPEC 3.13). */
export const vmfInsertPfnPmd = (
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  write: boolean,
  pfnFlags = 0,
): number => insertPfn(model, 'pmd', vma, vpn, pfn, write, pfnFlags);

/** vmf_insert_pfn_pud() (SPEC 3.13). */
export const vmfInsertPfnPud = (
  model: Model,
  vma: number,
  vpn: number,
  pfn: number,
  write: boolean,
  pfnFlags = 0,
): number => insertPfn(model, 'pud', vma, vpn, pfn, write, pfnFlags);

/** Both levels ask the same of the VMA; one of the wrong kind is a BUG. */
function insertPfn(
  model: Model,
  level: HugeLevel,
  vma: number,
  vpn: number,
  pfn: number,
  write: boolean,
  pfnFlags: number,
): number {
  const pfnmap = hasVmFlag(model, vma, 'VM_PFNMAP');
  const mixedmap = hasVmFlag(model, vma, 'VM_MIXEDMAP');
  if (!pfnmap && !mixedmap && !mayBePlain(model, pfnFlags)) {
    model.bug('neither-pfnmap-nor-mixedmap');
  }
  if (pfnmap && mixedmap) model.bug('both-pfnmap-and-mixedmap');
  if (pfnmap && isCow(model, vma) && !model.has('drop-linear-cow-rule')) model.bug('pfnmap-cow');
  if (refusesRawFrame(model, vma, vpn, pfn)) return VM_FAULT.SIGBUS;
  return insertLeaf(model, level, vma, vpn, pfn, -1, write, pfnFlags);
}

/** Devmap frames may lie in any VMA; all may, from the end of devmap until the question came back. */
const mayBePlain = (model: Model, pfnFlags: number): boolean =>
  isDevmapPfn(model, pfnFlags) ||
  (model.has('pxx-devmap-removed') && !model.has('huge-pfn-needs-pfnmap'));

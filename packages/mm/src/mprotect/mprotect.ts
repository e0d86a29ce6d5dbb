import { ERRNO } from '../errno.js';
import { pfnModifyAllowed } from '../insert/pfn-modify-allowed.js';
import { NONE } from '../machine/entries.js';
import type { VmFlagName } from '../machine/vm-flags.js';
import type { Model } from '../model.js';
import { Global, Vma } from '../state/columns.js';
import { entryAt } from '../tables/tables.js';
import { modifyFlags } from '../vma/modify.js';
import { setPageProt } from '../vma/page-prot.js';
import { vmGetPageProt } from '../vma/page-prot-of-flags.js';
import { cutsHugePage, vmasTouching } from '../vma/split.js';
import { hasVmFlag, mmOf } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';
import { changeProtection } from './change-protection.js';
import { MM_CP } from './flags.js';

/**
 * mprotect(): 0, -ENOMEM for a hole, -EACCES for what VM_MAY* forbids and for frames that must not
 * be hidden, -EPERM for a sealed VMA, -EINVAL for a part of a huge page of hugetlb. What lies before the obstacle is changed. `prot` holds VM_READ,
 * VM_WRITE and VM_EXEC (mm/mprotect.c; SPEC 8.1).
 */
export function mprotect(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  prot: bigint,
): number {
  const { state } = model;
  const end = start + pages;
  let at = start;
  for (const vma of vmasTouching(model, mm, start, end)) {
    if (state.get(Vma.start, vma) > at) return ERRNO.ENOMEM;
    const last = Math.min(end, state.get(Vma.end, vma));
    const answer = mprotectFixup(model, vma, at, last, prot);
    if (answer !== 0) return answer;
    at = last;
  }
  return at < end ? ERRNO.ENOMEM : 0;
}

/** What a VMA may do, and what it may be allowed to do at most. */
const RIGHTS: readonly (readonly [VmFlagName, VmFlagName])[] = [
  ['VM_READ', 'VM_MAYREAD'],
  ['VM_WRITE', 'VM_MAYWRITE'],
  ['VM_EXEC', 'VM_MAYEXEC'],
];

/** mprotect_fixup(): one VMA, or the part of it that the range covers. */
function mprotectFixup(
  model: Model,
  whole: number,
  start: number,
  end: number,
  prot: bigint,
): number {
  const { state, machine } = model;
  const { flagSets } = machine;
  const old = flagSets.value(state.get(Vma.flags, whole));
  const rights = flagSets.mask(...RIGHTS.map(([right]) => right));
  const flags = (old & ~rights) | prot;
  const forbidden = RIGHTS.some(
    ([right, may]) => (prot & flagSets.mask(right)) !== 0n && !hasVmFlag(model, whole, may),
  );
  if (forbidden) return ERRNO.EACCES;
  if (hasVmFlag(model, whole, 'VM_SEALED')) return ERRNO.EPERM;
  if (flags === old) return 0;
  const hides = (flags & rights) === 0n && !mayHide(model, whole, start, end, flags);
  if (hides) return ERRNO.EACCES;
  if (cutsHugePage(model, whole, start) || cutsHugePage(model, whole, end)) return ERRNO.EINVAL;
  const vma = modifyFlags(model, whole, start, end, flags);
  // Asked of the protection as it was: only a driver's hooks make this true of shared memory.
  const why = vmaWantsManualPteWriteUpgrade(model, vma) ? MM_CP.TRY_CHANGE_WRITABLE : 0;
  setPageProt(model, vma);
  changeProtection(model, vma, start, end, state.get(Vma.pageProt, vma), why);
  return 0;
}

/**
 * prot_none_walk_ops: frames without struct page stay where they are when the processor would leak
 * what an entry without access points to (SPEC 8.1).
 */
function mayHide(model: Model, vma: number, start: number, end: number, flags: bigint): boolean {
  if (model.state.get(Global.modifyLimit, 0) === 0) return true;
  if (!hasVmFlag(model, vma, 'VM_PFNMAP') && !hasVmFlag(model, vma, 'VM_MIXEDMAP')) return true;
  const prot = vmGetPageProt(model.machine, flags);
  for (let vpn = start; vpn < end; vpn++) {
    const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
    if (entry !== NONE && !pfnModifyAllowed(model, model.pte.pfn(entry), prot)) return false;
  }
  return true;
}

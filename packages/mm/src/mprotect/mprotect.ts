import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { setPageProt } from '../vma/page-prot.js';
import { splitVma, vmasTouching } from '../vma/split.js';
import { hasVmFlag } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';
import { changeProtection, MM_CP } from './change-protection.js';

/**
 * mprotect(): 0, -ENOMEM for a hole, -EPERM for a sealed VMA, -EACCES for what VM_MAY* forbids.
 * `prot` holds VM_READ, VM_WRITE and VM_EXEC (mm/mprotect.c; SPEC 8.1).
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

const PROTECTIONS = ['VM_READ', 'VM_WRITE', 'VM_EXEC'] as const;
const MAY = ['VM_MAYREAD', 'VM_MAYWRITE', 'VM_MAYEXEC'] as const;

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
  if (hasVmFlag(model, whole, 'VM_SEALED')) return ERRNO.EPERM;
  const old = flagSets.value(state.get(Vma.flags, whole));
  const flags = (old & ~flagSets.mask(...PROTECTIONS)) | prot;
  const forbidden = PROTECTIONS.some(
    (name, i) => (prot & flagSets.mask(name)) !== 0n && !hasVmFlag(model, whole, MAY[i] as never),
  );
  if (forbidden) return ERRNO.EACCES;
  if (flags === old) return 0;
  const vma = start > state.get(Vma.start, whole) ? splitVma(model, whole, start) : whole;
  if (end < state.get(Vma.end, vma)) splitVma(model, vma, end);
  state.set(Vma.flags, vma, flagSets.of(flags));
  // Asked of the protection as it was: only a driver's hooks make this true of shared memory.
  const why = vmaWantsManualPteWriteUpgrade(model, vma) ? MM_CP.TRY_CHANGE_WRITABLE : 0;
  setPageProt(model, vma);
  changeProtection(model, vma, start, end, state.get(Vma.pageProt, vma), why);
  return 0;
}

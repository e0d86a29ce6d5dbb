import { ERRNO } from '../errno.js';
import type { VmFlagName } from '../machine/vm-flags.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { ZAP_DONTNEED } from '../zap/details.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { freeLazily } from './madvise-free.js';
import { installGuards, removeGuards } from './madvise-guard.js';
import { pageOut } from './madvise-pageout.js';
import { modifyFlags } from './modify.js';
import { cutsHugePage, isInsideHugePage, vmasTouching } from './split.js';
import { hasVmFlag, vmaIsAnonymous } from './vma.js';

/** MADV_* by name. */
export const ADVICE = [
  'NORMAL',
  'RANDOM',
  'SEQUENTIAL',
  'DONTNEED',
  'DONTNEED_LOCKED',
  'FREE',
  'PAGEOUT',
  'DONTFORK',
  'DOFORK',
  'WIPEONFORK',
  'KEEPONFORK',
  'DONTDUMP',
  'DODUMP',
  'HUGEPAGE',
  'NOHUGEPAGE',
  'GUARD_INSTALL',
  'GUARD_REMOVE',
] as const;
/** Name of an advice. */
export type Advice = (typeof ADVICE)[number];

/**
 * madvise(): 0; -ENOMEM when the range has holes, though what lies around them is done; -EINVAL for
 * VMAs that the advice is not for, where it ends (mm/madvise.c; SPEC 4.8).
 */
export function madvise(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  advice: Advice,
): number {
  const { state } = model;
  const end = start + pages;
  let at = start;
  let holes = false;
  for (const vma of vmasTouching(model, mm, start, end)) {
    const first = Math.max(at, state.get(Vma.start, vma));
    if (first > at) holes = true;
    at = Math.min(end, state.get(Vma.end, vma));
    const answer = advise(model, vma, first, at, advice);
    if (answer !== 0) return answer;
  }
  return holes || at < end ? ERRNO.ENOMEM : 0;
}

/** madvise_vma_behavior(): the part of one VMA. */
function advise(model: Model, vma: number, start: number, end: number, advice: Advice): number {
  switch (advice) {
    case 'DONTNEED':
    case 'DONTNEED_LOCKED': {
      const locked = advice === 'DONTNEED' && hasVmFlag(model, vma, 'VM_LOCKED');
      if (locked || hasVmFlag(model, vma, 'VM_PFNMAP')) return ERRNO.EINVAL;
      if (isInsideHugePage(model, vma, start)) return ERRNO.EINVAL;
      zapVmaRange(model, vma, start, end, ZAP_DONTNEED);
      return 0;
    }
    case 'FREE':
      return freeLazily(model, vma, start, end);
    case 'PAGEOUT':
      return pageOut(model, vma, start, end);
    case 'GUARD_INSTALL':
      return installGuards(model, vma, start, end);
    case 'GUARD_REMOVE':
      return removeGuards(model, vma, start, end);
    default:
      return changeFlags(model, vma, start, end, FLAG_ADVICE[advice]);
  }
}

/** What an advice does to the flags of a VMA, and the flags that keep it from doing so. */
interface FlagAdvice {
  readonly sets?: VmFlagName;
  readonly clears?: readonly VmFlagName[];
  readonly refusedBy?: readonly VmFlagName[];
  /** Only private anonymous memory may be wiped. */
  readonly anonymousOnly?: true;
}

const SPECIAL = ['VM_IO', 'VM_DONTEXPAND', 'VM_PFNMAP', 'VM_MIXEDMAP'] as const;

const FLAG_ADVICE = {
  NORMAL: { clears: ['VM_RAND_READ', 'VM_SEQ_READ'] },
  SEQUENTIAL: { sets: 'VM_SEQ_READ', clears: ['VM_RAND_READ'] },
  RANDOM: { sets: 'VM_RAND_READ', clears: ['VM_SEQ_READ'] },
  DONTFORK: { sets: 'VM_DONTCOPY' },
  DOFORK: { clears: ['VM_DONTCOPY'], refusedBy: ['VM_IO'] },
  WIPEONFORK: { sets: 'VM_WIPEONFORK', refusedBy: ['VM_SHARED'], anonymousOnly: true },
  KEEPONFORK: { clears: ['VM_WIPEONFORK'], refusedBy: ['VM_DROPPABLE'] },
  DONTDUMP: { sets: 'VM_DONTDUMP' },
  DODUMP: { clears: ['VM_DONTDUMP'], refusedBy: SPECIAL },
  HUGEPAGE: { sets: 'VM_HUGEPAGE', clears: ['VM_NOHUGEPAGE'] },
  NOHUGEPAGE: { sets: 'VM_NOHUGEPAGE', clears: ['VM_HUGEPAGE'] },
} as const satisfies Partial<Record<Advice, FlagAdvice>>;

/** madvise_update_vma(): the part of the VMA gets other flags, and joins neighbours that have them. */
function changeFlags(
  model: Model,
  vma: number,
  start: number,
  end: number,
  { sets, clears = [], refusedBy = [], anonymousOnly }: FlagAdvice,
): number {
  if (refusedBy.some((name) => hasVmFlag(model, vma, name))) return ERRNO.EINVAL;
  if (anonymousOnly && !isWipeable(model, vma)) return ERRNO.EINVAL;
  const { state, machine } = model;
  const { flagSets } = machine;
  const old = flagSets.value(state.get(Vma.flags, vma));
  const added = sets === undefined ? 0n : flagSets.mask(sets);
  const flags = (old & ~flagSets.mask(...clears)) | added;
  if (flags === old) return 0;
  if (cutsHugePage(model, vma, start) || cutsHugePage(model, vma, end)) return ERRNO.EINVAL;
  modifyFlags(model, vma, start, end, flags);
  return 0;
}

const isWipeable = (model: Model, vma: number): boolean =>
  vmaIsAnonymous(model, vma) && model.state.ref(Vma.mapping, vma) < 0;

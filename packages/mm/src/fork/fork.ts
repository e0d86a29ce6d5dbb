import { ERRNO } from '../errno.js';
import { MM_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { anonVmaFork } from '../rmap/anon-vma.js';
import { Mm, Vma } from '../state/columns.js';
import { newMm, newVma } from '../vma/address-space.js';
import { exitMm } from '../vma/exit.js';
import { hasVmFlag, opsOf, vmasOf } from '../vma/vma.js';
import { copyPageRange } from './copy-page-range.js';
import { vmaNeedsCopy } from './vma-needs-copy.js';

/** dup_mmap(): a child with the parent's memory. Its number, or -ENOMEM (kernel/fork.c; SPEC 7.1). */
export function forkMm(model: Model, parent: number): number {
  const { state } = model;
  const child = newMm(model);
  state.set(Mm.flags, child, state.get(Mm.flags, parent) & MM_FLAG.forbidsZeropage);
  for (const vma of vmasOf(model, parent)) {
    if (hasVmFlag(model, vma, 'VM_DONTCOPY')) continue;
    if (dupVma(model, child, vma) !== 0) {
      exitMm(model, child);
      return ERRNO.ENOMEM;
    }
  }
  return child;
}

function dupVma(model: Model, child: number, vma: number): number {
  const copy = copyOf(model, child, vma);
  const wiped = hasVmFlag(model, vma, 'VM_WIPEONFORK');
  if (!wiped) anonVmaFork(model, copy, vma);
  opsOf(model, copy)?.open?.(model, copy);
  if (wiped || !vmaNeedsCopy(model, copy, vma)) return 0;
  return copyPageRange(model, copy, vma);
}

/** vm_area_dup(): the same VMA in the child, without locks and without userfaultfd's flags. */
function copyOf(model: Model, child: number, vma: number): number {
  const { state, machine } = model;
  const { flagSets } = machine;
  const dropped = flagSets.mask('VM_LOCKED', 'VM_UFFD_WP', 'VM_UFFD_MISSING');
  const copy = newVma(model, child, {
    start: state.get(Vma.start, vma),
    end: state.get(Vma.end, vma),
    flags: flagSets.value(state.get(Vma.flags, vma)) & ~dropped,
    pgoff: state.get(Vma.pgoff, vma),
    ops: state.ref(Vma.ops, vma),
    mapping: state.ref(Vma.mapping, vma),
    private: state.get(Vma.private, vma),
  });
  state.set(Vma.pageProt, copy, state.get(Vma.pageProt, vma));
  return copy;
}

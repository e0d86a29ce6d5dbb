import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { anonVmaFork } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { dupVma, newMm } from '../vma/address-space.js';
import { exitMm } from '../vma/exit.js';
import { dropVmFlags, hasVmFlag, opsOf, vmasOf } from '../vma/vma.js';
import { copyPageRange } from './copy-page-range.js';
import { vmaNeedsCopy } from './vma-needs-copy.js';

/**
 * dup_mmap(): a child with the parent's memory. Its number, or -ENOMEM. Nothing was ever pinned in a
 * new address space, and zeropages are allowed in it again (kernel/fork.c; SPEC 7.1).
 */
export function forkMm(model: Model, parent: number): number {
  const child = newMm(model);
  for (const vma of vmasOf(model, parent)) {
    if (hasVmFlag(model, vma, 'VM_DONTCOPY')) continue;
    if (dupMemory(model, child, vma) !== 0) {
      exitMm(model, child);
      return ERRNO.ENOMEM;
    }
  }
  return child;
}

/** What a child gets of one VMA: 0, or -ENOMEM. */
export function dupMemory(model: Model, child: number, vma: number): number {
  const copy = dupWithoutEntries(model, child, vma);
  return getsEntries(model, copy, vma) ? copyPageRange(model, copy, vma) : 0;
}

/** The child's VMA, as long as no entry is copied. */
export function dupWithoutEntries(model: Model, child: number, vma: number): number {
  const copy = copyOf(model, child, vma);
  if (!hasVmFlag(model, vma, 'VM_WIPEONFORK')) anonVmaFork(model, copy, vma);
  opsOf(model, copy)?.open?.(model, copy);
  return copy;
}

/** The entries of a VMA are copied into the child's. */
export const getsEntries = (model: Model, copy: number, vma: number): boolean =>
  !hasVmFlag(model, vma, 'VM_WIPEONFORK') && vmaNeedsCopy(model, copy, vma);

/** vm_area_dup(): the same VMA in the child, without locks and without userfaultfd's flags. */
function copyOf(model: Model, child: number, vma: number): number {
  const { state } = model;
  const copy = dupVma(model, vma, child, state.get(Vma.start, vma), state.get(Vma.end, vma));
  dropVmFlags(model, copy, 'VM_LOCKED', 'VM_UFFD_WP', 'VM_UFFD_MISSING');
  state.set(Vma.uffdWpAsync, copy, 0);
  state.setRef(Vma.anonVma, copy, -1);
  return copy;
}

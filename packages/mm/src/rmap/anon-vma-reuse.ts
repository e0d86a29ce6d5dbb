import type { VmFlagName } from '../machine/vm-flags.js';
import type { Model } from '../model.js';
import { Avc, Vma } from '../state/columns.js';
import { previousVma } from '../vma/address-space.js';

/** Flags in which neighbours may differ and yet share an anon_vma: mprotect() can make them alike. */
const MAY_DIFFER = ['VM_READ', 'VM_WRITE', 'VM_EXEC', 'VM_SOFTDIRTY'] as const;
/** Flags that a merge adds up, from 7.2 on (VMA_STICKY_FLAGS). */
const STICKY = 'VM_MAYBE_GUARD' satisfies VmFlagName;

/**
 * find_mergeable_anon_vma(): the anon_vma of a neighbour that the VMA could be merged with; the next
 * one is asked first. -1 for none (mm/vma.c; SPEC 9.10).
 */
export function findMergeableAnonVma(model: Model, vma: number): number {
  const { state } = model;
  const next = state.ref(Vma.next, vma);
  if (next >= 0 && isReusable(model, next, vma, next)) return state.ref(Vma.anonVma, next);
  const previous = previousVma(model, vma);
  if (previous >= 0 && isReusable(model, previous, previous, vma)) {
    return state.ref(Vma.anonVma, previous);
  }
  return -1;
}

/** reusable_anon_vma(): the neighbour was never forked, and the two could become one VMA. */
function isReusable(model: Model, neighbour: number, low: number, high: number): boolean {
  if (model.state.ref(Vma.anonVma, neighbour) < 0) return false;
  return isSingular(model, neighbour) && areCompatible(model, low, high);
}

/** anon_vma_compatible(). */
function areCompatible({ state, machine }: Model, low: number, high: number): boolean {
  const { flagSets } = machine;
  const start = state.get(Vma.start, low);
  const length = state.get(Vma.end, low) - start;
  if (state.get(Vma.end, low) !== state.get(Vma.start, high)) return false;
  if (state.ref(Vma.mapping, low) !== state.ref(Vma.mapping, high)) return false;
  if (state.get(Vma.pgoff, high) !== state.get(Vma.pgoff, low) + length) return false;
  const differ =
    flagSets.value(state.get(Vma.flags, low)) ^ flagSets.value(state.get(Vma.flags, high));
  return (differ & ~flagSets.mask(...MAY_DIFFER, STICKY)) === 0n;
}

/** list_is_singular() of the chain: exactly one anon_vma, so no page of a parent is mapped here. */
function isSingular({ state }: Model, vma: number): boolean {
  const first = state.ref(Vma.firstAvc, vma);
  return first >= 0 && state.ref(Avc.next, first) < 0;
}

/** vma_has_uncowed_parents(). */
const hasUncowedParents = (model: Model, vma: number): boolean =>
  vma >= 0 && model.state.ref(Vma.anonVma, vma) >= 0 && !isSingular(model, vma);

/**
 * is_mergeable_anon_vma(): a VMA may absorb, or be absorbed by, what has another anon_vma.
 *
 * @param target the neighbour that is asked
 * @param anonVma that of the range to be merged; -1 for none
 * @param source the VMA of that range, -1 where it has none yet
 * @param copiedFrom where mremap() copies it from, -1 otherwise
 */
export function isMergeableAnonVma(
  model: Model,
  target: number,
  anonVma: number,
  source = -1,
  copiedFrom = -1,
): boolean {
  const own = model.state.ref(Vma.anonVma, target);
  if (own === anonVma) return true;
  if (own >= 0 && anonVma >= 0) return false;
  // Until 6.16 the target alone was asked, and an empty chain was none of one element.
  if (!model.has('merge-into-unfaulted')) return isSingular(model, target);
  if (own >= 0) return !hasUncowedParents(model, target);
  return !hasUncowedParents(model, source) && !hasUncowedParents(model, copiedFrom);
}

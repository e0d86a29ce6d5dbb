import type { Model } from '../model.js';
import { anonVmaMerge, dupAnonVma } from '../rmap/anon-vma.js';
import { isMergeableAnonVma } from '../rmap/anon-vma-reuse.js';
import { Vma } from '../state/columns.js';
import { dropVma, previousVma } from './address-space.js';
import { opsOf } from './vma.js';

/**
 * vma_merge(): a VMA becomes one with its neighbours where nothing tells them apart, the one before
 * it first. Answers the VMA that holds it then: the lowest one (mm/vma.c).
 *
 * @param copiedFrom the VMA that mremap() copies this one from; -1 otherwise
 */
export function mergeVma(model: Model, vma: number, copiedFrom = -1): number {
  const previous = previousVma(model, vma);
  let merged = vma;
  if (previous >= 0 && canMerge(model, previous, vma, vma, copiedFrom)) {
    absorb(model, previous, vma);
    merged = previous;
  }
  const next = model.state.ref(Vma.next, merged);
  if (next >= 0 && canMerge(model, merged, next, merged, copiedFrom)) absorb(model, merged, next);
  return merged;
}

/** VM_SPECIAL: VMAs of drivers stay as they were made. */
const SPECIAL = ['VM_IO', 'VM_DONTEXPAND', 'VM_PFNMAP', 'VM_MIXEDMAP'] as const;
/** VMA_STICKY_FLAGS: ignored when two VMAs are compared, and kept of both. */
const STICKY = ['VM_SOFTDIRTY', 'VM_MAYBE_GUARD'] as const;

/** can_vma_merge_before(), can_vma_merge_after(), is_mergeable_vma(). `source` is the one asked for. */
function canMerge(
  model: Model,
  low: number,
  high: number,
  source: number,
  copiedFrom: number,
): boolean {
  const { state, machine } = model;
  const { flagSets } = machine;
  const flags = flagSets.value(state.get(Vma.flags, low));
  const differ = flags ^ flagSets.value(state.get(Vma.flags, high));
  const ignored = model.has('sticky-vma-flags') ? flagSets.mask(...STICKY) : softDirty(model);
  if ((differ & ~ignored) !== 0n || (flags & flagSets.mask(...SPECIAL)) !== 0n) return false;
  const length = state.get(Vma.end, low) - state.get(Vma.start, low);
  if (state.get(Vma.end, low) !== state.get(Vma.start, high)) return false;
  if (state.get(Vma.pgoff, high) !== state.get(Vma.pgoff, low) + length) return false;
  const alike = [Vma.mapping, Vma.ops, Vma.private, Vma.uffdWpAsync, Vma.accessDenied];
  if (alike.some((field) => state.get(field, low) !== state.get(field, high))) return false;
  // One of them goes, and its driver would be told so.
  if (opsOf(model, low)?.close !== undefined) return false;
  const neighbour = source === low ? high : low;
  return isMergeableAnonVma(model, neighbour, state.ref(Vma.anonVma, source), source, copiedFrom);
}

const softDirty = ({ machine }: Model): bigint => machine.flagSets.mask('VM_SOFTDIRTY');

/** The lower VMA grows over the higher one, which goes. */
function absorb(model: Model, low: number, high: number): void {
  const { state, machine } = model;
  const { flagSets } = machine;
  if (state.ref(Vma.anonVma, low) < 0) dupAnonVma(model, low, high);
  if (model.has('sticky-vma-flags')) {
    const kept = flagSets.value(state.get(Vma.flags, high)) & flagSets.mask(...STICKY);
    state.set(Vma.flags, low, flagSets.of(flagSets.value(state.get(Vma.flags, low)) | kept));
  }
  const end = state.get(Vma.end, high);
  if (state.ref(Vma.anonVma, high) >= 0) anonVmaMerge(model, low, high);
  dropVma(model, high);
  state.set(Vma.end, low, end);
}

import type { Model } from '../model.js';
import { AnonVma, Avc, Vma } from '../state/columns.js';
import {
  countChild,
  countVma,
  isAdoptable,
  isUncounted,
  startCounting,
} from './anon-vma-counters.js';
import { findMergeableAnonVma } from './anon-vma-reuse.js';

/** anon_vma_alloc(): an anon_vma that is its own root and parent, as yet of no VMA. */
export function newAnonVma({ state }: Model): number {
  const made = state.take('anonVma', AnonVma.used);
  state.set(AnonVma.refcount, made, 1);
  state.setRef(AnonVma.root, made, made);
  state.setRef(AnonVma.parent, made, made);
  return made;
}

/** anon_vma_chain_link(): pages of the anon_vma may be mapped in the VMA; newest last. */
function linkAvc({ state }: Model, vma: number, anonVma: number): void {
  const avc = state.take('avc', Avc.used);
  state.setRef(Avc.vma, avc, vma);
  state.setRef(Avc.anonVma, avc, anonVma);
  state.add(AnonVma.linked, anonVma, 1);
  let last = state.ref(Vma.firstAvc, vma);
  if (last < 0) {
    state.setRef(Vma.firstAvc, vma, avc);
    return;
  }
  while (state.ref(Avc.next, last) >= 0) last = state.ref(Avc.next, last);
  state.setRef(Avc.next, last, avc);
}

/**
 * anon_vma_prepare(): the VMA gets an anon_vma before its first anonymous page, that of a neighbour
 * where both could be merged (mm/rmap.c; SPEC 9.10).
 */
export function anonVmaPrepare(model: Model, vma: number): void {
  const { state } = model;
  if (state.ref(Vma.anonVma, vma) >= 0) return;
  const neighbours = findMergeableAnonVma(model, vma);
  const own = neighbours < 0 ? newAnonVma(model) : neighbours;
  if (neighbours < 0) startCounting(model, own, true);
  else countVma(model, own, 1);
  linkAvc(model, vma, own);
  state.setRef(Vma.anonVma, vma, own);
}

/**
 * anon_vma_clone(): links a VMA to every anon_vma of another, oldest first. A VMA that has none of its
 * own yet, as in fork, may adopt one that nobody seems to use (mm/rmap.c; SPEC 9.10, SPEC-7.2 9.13).
 */
export function anonVmaClone(model: Model, dst: number, src: number, fork: boolean): void {
  const { state } = model;
  const parents = state.ref(Vma.anonVma, src);
  const forkOnly = model.has('anon-vma-reuse-in-fork-only');
  if (forkOnly && parents < 0) return;
  const adopts = parents >= 0 && (fork || !forkOnly);
  for (let avc = state.ref(Vma.firstAvc, src); avc >= 0; avc = state.ref(Avc.next, avc)) {
    const anonVma = state.ref(Avc.anonVma, avc);
    linkAvc(model, dst, anonVma);
    if (adopts && state.ref(Vma.anonVma, dst) < 0 && isAdoptable(model, anonVma, parents)) {
      state.setRef(Vma.anonVma, dst, anonVma);
    }
  }
  const own = state.ref(Vma.anonVma, dst);
  if (own >= 0) countVma(model, own, 1);
}

/** anon_vma_fork(): the child's VMA sees the parent's pages, and gets an anon_vma of its own. */
export function anonVmaFork(model: Model, child: number, parent: number): void {
  const { state } = model;
  const parents = state.ref(Vma.anonVma, parent);
  if (parents < 0) return;
  state.setRef(Vma.anonVma, child, -1);
  anonVmaClone(model, child, parent, true);
  if (state.ref(Vma.anonVma, child) >= 0) return;
  const made = newAnonVma(model);
  startCounting(model, made, false);
  const root = state.ref(AnonVma.root, parents);
  state.setRef(AnonVma.root, made, root);
  state.setRef(AnonVma.parent, made, parents);
  state.add(AnonVma.refcount, root, 1);
  state.setRef(Vma.anonVma, child, made);
  linkAvc(model, child, made);
  countChild(model, parents, 1);
}

/**
 * dup_anon_vma(): a VMA without anonymous pages, about to absorb one that has some, sees them too
 * (mm/vma.c).
 */
export function dupAnonVma(model: Model, dst: number, src: number): void {
  const { state } = model;
  const own = state.ref(Vma.anonVma, src);
  if (own < 0 || state.ref(Vma.anonVma, dst) >= 0) return;
  state.setRef(Vma.anonVma, dst, own);
  anonVmaClone(model, dst, src, false);
}

/** anon_vma_merge(): a VMA that another absorbed gives up its chain, which the other has as well. */
export function anonVmaMerge(model: Model, kept: number, gone: number): void {
  if (model.state.ref(Vma.anonVma, kept) !== model.state.ref(Vma.anonVma, gone)) {
    model.vmBug('merge-of-different-anon-vmas');
  }
  unlinkAnonVmas(model, gone);
}

/** unlink_anon_vmas(): the VMA maps no anonymous pages any more; what nobody needs is freed. */
export function unlinkAnonVmas(model: Model, vma: number): void {
  const { state } = model;
  const first = state.ref(Vma.firstAvc, vma);
  for (let avc = first; avc >= 0; avc = state.ref(Avc.next, avc)) {
    const anonVma = state.ref(Avc.anonVma, avc);
    state.setRef(Avc.vma, avc, -1);
    if (state.add(AnonVma.linked, anonVma, -1) === 0) {
      countChild(model, state.ref(AnonVma.parent, anonVma), -1);
    }
  }
  const own = state.ref(Vma.anonVma, vma);
  if (own >= 0) countVma(model, own, -1);
  state.setRef(Vma.anonVma, vma, -1);
  state.setRef(Vma.firstAvc, vma, -1);
  for (let avc = first; avc >= 0; ) {
    const next = state.ref(Avc.next, avc);
    const anonVma = state.ref(Avc.anonVma, avc);
    state.clear('avc', avc);
    if (state.get(AnonVma.linked, anonVma) === 0) {
      if (!isUncounted(model, anonVma)) model.vmWarn('anon-vma-freed-in-use');
      putAnonVma(model, anonVma);
    }
    avc = next;
  }
}

/** get_anon_vma(): keeps the object, though not its VMAs. */
export const getAnonVma = ({ state }: Model, anonVma: number): number =>
  state.add(AnonVma.refcount, anonVma, 1);

/** put_anon_vma(): the last reference frees it, and gives back the one that it has to its root. */
export function putAnonVma(model: Model, anonVma: number): void {
  const { state } = model;
  if (state.add(AnonVma.refcount, anonVma, -1) > 0) return;
  const root = state.ref(AnonVma.root, anonVma);
  state.clear('anonVma', anonVma);
  if (root !== anonVma) putAnonVma(model, root);
}

import type { Model } from '../model.js';
import { AnonVma, Avc, Vma } from '../state/columns.js';

/** anon_vma_alloc(): an anon_vma that is its own root and parent. */
export function newAnonVma({ state }: Model): number {
  const made = state.take('anonVma', AnonVma.used);
  state.set(AnonVma.refcount, made, 1);
  state.setRef(AnonVma.root, made, made);
  state.setRef(AnonVma.parent, made, made);
  return made;
}

/** anon_vma_chain_link(): pages of the anon_vma may be mapped in the VMA; newest last. */
export function linkAvc({ state }: Model, vma: number, anonVma: number): void {
  const avc = state.take('avc', Avc.used);
  state.setRef(Avc.vma, avc, vma);
  state.setRef(Avc.anonVma, avc, anonVma);
  let last = state.ref(Vma.firstAvc, vma);
  if (last < 0) {
    state.setRef(Vma.firstAvc, vma, avc);
    return;
  }
  while (state.ref(Avc.next, last) >= 0) last = state.ref(Avc.next, last);
  state.setRef(Avc.next, last, avc);
}

/** anon_vma_prepare(): the VMA gets an anon_vma before its first anonymous page (SPEC 9.10). */
export function anonVmaPrepare(model: Model, vma: number): void {
  const { state } = model;
  if (state.ref(Vma.anonVma, vma) >= 0) return;
  const made = newAnonVma(model);
  state.add(AnonVma.numChildren, made, 1);
  state.add(AnonVma.numActiveVmas, made, 1);
  linkAvc(model, vma, made);
  state.setRef(Vma.anonVma, vma, made);
}

/**
 * anon_vma_clone(): links a VMA to every anon_vma of another, oldest first; in fork, one that nobody
 * uses may become the VMA's own (SPEC 9.10).
 */
export function anonVmaClone(model: Model, dst: number, src: number, fork: boolean): void {
  const { state } = model;
  for (let avc = state.ref(Vma.firstAvc, src); avc >= 0; avc = state.ref(Avc.next, avc)) {
    const anonVma = state.ref(Avc.anonVma, avc);
    linkAvc(model, dst, anonVma);
    const adopts =
      fork &&
      state.ref(Vma.anonVma, dst) < 0 &&
      state.ref(Vma.anonVma, src) >= 0 &&
      state.get(AnonVma.numChildren, anonVma) < 2 &&
      state.get(AnonVma.numActiveVmas, anonVma) === 0;
    if (adopts) state.setRef(Vma.anonVma, dst, anonVma);
  }
  const own = state.ref(Vma.anonVma, dst);
  if (own >= 0) state.add(AnonVma.numActiveVmas, own, 1);
}

/** anon_vma_fork(): the child's VMA sees the parent's pages, and gets an anon_vma of its own. */
export function anonVmaFork(model: Model, child: number, parent: number): void {
  const { state } = model;
  const parents = state.ref(Vma.anonVma, parent);
  if (parents < 0) return;
  anonVmaClone(model, child, parent, true);
  if (state.ref(Vma.anonVma, child) >= 0) return;
  const made = newAnonVma(model);
  const root = state.ref(AnonVma.root, parents);
  state.setRef(AnonVma.root, made, root);
  state.setRef(AnonVma.parent, made, parents);
  state.add(AnonVma.refcount, root, 1);
  state.add(AnonVma.numChildren, parents, 1);
  state.add(AnonVma.numActiveVmas, made, 1);
  linkAvc(model, child, made);
  state.setRef(Vma.anonVma, child, made);
}

/** unlink_anon_vmas(): the VMA maps no anonymous pages any more; what nobody needs is freed. */
export function unlinkAnonVmas(model: Model, vma: number): void {
  const { state } = model;
  const own = state.ref(Vma.anonVma, vma);
  if (own >= 0) state.add(AnonVma.numActiveVmas, own, -1);
  state.setRef(Vma.anonVma, vma, -1);
  for (let avc = state.ref(Vma.firstAvc, vma); avc >= 0; ) {
    const anonVma = state.ref(Avc.anonVma, avc);
    const next = state.ref(Avc.next, avc);
    state.clear('avc', avc);
    if (!isLinked(model, anonVma)) abandon(model, anonVma);
    avc = next;
  }
  state.setRef(Vma.firstAvc, vma, -1);
}

/** Some VMA may still map its pages. */
function isLinked({ state }: Model, anonVma: number): boolean {
  for (let avc = 0; avc < state.layout.capacities.avc; avc++) {
    if (state.get(Avc.used, avc) === 1 && state.ref(Avc.anonVma, avc) === anonVma) return true;
  }
  return false;
}

/** The last VMA is gone: the parent has a child less; it and its root are freed when unreferenced. */
function abandon(model: Model, anonVma: number): void {
  model.state.add(AnonVma.numChildren, model.state.ref(AnonVma.parent, anonVma), -1);
  putAnonVma(model, anonVma);
}

/** put_anon_vma(). */
export function putAnonVma(model: Model, anonVma: number): void {
  const { state } = model;
  if (state.add(AnonVma.refcount, anonVma, -1) > 0) return;
  const root = state.ref(AnonVma.root, anonVma);
  state.clear('anonVma', anonVma);
  if (root !== anonVma) putAnonVma(model, root);
}

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

import type { Model } from '../model.js';
import { AnonVma } from '../state/columns.js';

/**
 * What an anon_vma knows of its users: children and active VMAs apart, or, before 6.0, one `degree`
 * that counts both and so cannot tell "one child, no VMA" from "one VMA, no child" (SPEC 9.10, 24.11).
 */
const countsApart = (model: Model): boolean => model.has('anon-vma-counters');

/** A new anon_vma has one VMA, and a root has itself for a child. */
export function startCounting(model: Model, anonVma: number, isRoot: boolean): void {
  const { state } = model;
  if (!countsApart(model)) {
    state.set(AnonVma.degree, anonVma, isRoot ? 2 : 1);
    return;
  }
  state.set(AnonVma.numChildren, anonVma, isRoot ? 1 : 0);
  state.set(AnonVma.numActiveVmas, anonVma, 1);
}

/** One VMA more, or less, whose ->anon_vma it is. */
export function countVma(model: Model, anonVma: number, by: 1 | -1): void {
  model.state.add(countsApart(model) ? AnonVma.numActiveVmas : AnonVma.degree, anonVma, by);
}

/** One anon_vma more, or less, whose parent it is; a root is its own. */
export function countChild(model: Model, anonVma: number, by: 1 | -1): void {
  model.state.add(countsApart(model) ? AnonVma.numChildren : AnonVma.degree, anonVma, by);
}

/** fork may give it to the child's VMA: nobody seems to use it. `parents` is the parent VMA's own. */
export function isAdoptable(model: Model, anonVma: number, parents: number): boolean {
  const { state } = model;
  if (!countsApart(model)) return anonVma !== parents && state.get(AnonVma.degree, anonVma) < 2;
  if (state.get(AnonVma.numChildren, anonVma) > 1) return false;
  return state.get(AnonVma.numActiveVmas, anonVma) === 0;
}

/** Nothing is counted any more, as must be when it is freed. */
export const isUncounted = ({ state }: Model, anonVma: number): boolean =>
  state.get(AnonVma.numChildren, anonVma) === 0 &&
  state.get(AnonVma.numActiveVmas, anonVma) === 0 &&
  state.get(AnonVma.degree, anonVma) === 0;

import type { Model } from '../model.js';
import { anonVmaClone } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { newVma } from './address-space.js';
import { opsOf, vmasOf } from './vma.js';

/**
 * __split_vma(): a VMA becomes two at an address inside it; answers the second half. What depends on
 * the address keeps its meaning: vm_pgoff moves with the start (mm/vma.c; SPEC 15.16).
 */
export function splitVma(model: Model, vma: number, at: number): number {
  const { state, machine } = model;
  const start = state.get(Vma.start, vma);
  const end = state.get(Vma.end, vma);
  if (at <= start || at >= end) throw new Error(`no split of [${start}, ${end}) at ${at}`);
  state.set(Vma.end, vma, at);
  const second = newVma(model, state.ref(Vma.mm, vma), {
    start: at,
    end,
    flags: machine.flagSets.value(state.get(Vma.flags, vma)),
    pgoff: state.get(Vma.pgoff, vma) + (at - start),
    ops: state.ref(Vma.ops, vma),
    mapping: state.ref(Vma.mapping, vma),
    private: state.get(Vma.private, vma),
  });
  state.set(Vma.pageProt, second, state.get(Vma.pageProt, vma));
  state.set(Vma.anonVma, second, state.get(Vma.anonVma, vma));
  anonVmaClone(model, second, vma, false);
  opsOf(model, second)?.open?.(model, second);
  return second;
}

/** The VMAs of a range, split at its ends. */
export function vmasOfRange(model: Model, mm: number, start: number, end: number): number[] {
  const found: number[] = [];
  for (let vma of vmasTouching(model, mm, start, end)) {
    if (model.state.get(Vma.start, vma) < start) vma = splitVma(model, vma, start);
    if (model.state.get(Vma.end, vma) > end) splitVma(model, vma, end);
    found.push(vma);
  }
  return found;
}

/** The VMAs that a range touches, by address. */
export const vmasTouching = (model: Model, mm: number, start: number, end: number): number[] =>
  [...vmasOf(model, mm)].filter(
    (vma) => model.state.get(Vma.start, vma) < end && model.state.get(Vma.end, vma) > start,
  );

import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { mergeVma } from './merge.js';
import { isolate } from './split.js';

/**
 * vma_modify_flags(): the part of a VMA that lies in a range gets other flags, as a VMA of its own or
 * as part of a neighbour that has them already. Answers the VMA. vm_page_prot is left to the caller.
 */
export function modifyFlags(
  model: Model,
  vma: number,
  start: number,
  end: number,
  flags: bigint,
): number {
  const { state, machine } = model;
  const part = isolate(model, vma, start, end);
  state.set(Vma.flags, part, machine.flagSets.of(flags));
  return mergeVma(model, part);
}

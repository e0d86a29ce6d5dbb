import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import { vmFlagsOf } from '../vma/vma.js';
import { leafStart } from './insert-leaf.js';

/** Huge pages exist in this kernel, on this form, and the VMA does not refuse them. */
export const hasHugePages = (model: Model, vma: number): boolean =>
  model.config.TRANSPARENT_HUGEPAGE &&
  model.machine.form.definition.supports.transparentHugepage &&
  !vmFlagsOf(model, vma).VM_NOHUGEPAGE;

/**
 * thp_vma_allowable_order() of anonymous memory at a fault: the VMA asked for huge pages
 * (MADV_HUGEPAGE; the machine's setting is `madvise`), and all that a PMD would map lies in it.
 */
export function wantsHugePage(model: Model, vma: number, vpn: number): boolean {
  if (!vmFlagsOf(model, vma).VM_HUGEPAGE) return false;
  const { state } = model;
  const first = leafStart(model, 'pmd', vpn);
  const end = first + pagesOfLevel(model, 'pmd');
  return first >= state.get(Vma.start, vma) && end <= state.get(Vma.end, vma);
}

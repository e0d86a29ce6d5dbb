import { vmNormalPagePfn } from './shared-heart.js';
import { specialEntry } from './special-entry.js';
import { Decision, type NormalPageQuestion, type Verdict } from './verdict.js';

/**
 * vm_normal_page(), vm_normal_page_pmd() and vm_normal_page_pud(): the page that a present entry
 * maps, as far as ordinary callers may know, with the rules that led there (mm/memory.c; SPEC 2,
 * SPEC-7.2 2.14). One flow serves all kernels: it asks for a change where their code differs.
 * Answers every combination, those included that no machine has.
 */
export function normalPage(question: NormalPageQuestion): Verdict {
  const d = new Decision(question);
  const { kernel, level } = d;
  if (level === 'pud' && !kernel.has('normal-page-pud')) {
    return d.absent('vm_normal_page_pud', 'no-pud-form');
  }
  if (level === 'pmd' && !hasPmdForm(d)) return d.absent('vm_normal_page_pmd', 'no-pmd-form');
  const marked = looksAtMark(d);
  // The single helper does not look at a mark where it takes none to work; the others always do.
  const special = d.special && (marked || !kernel.has('normal-page-by-level'));
  return special ? specialEntry(d) : vmNormalPagePfn(d, marked);
}

/**
 * Whether the absence of the special mark means "page": before the common helper only PTEs were
 * judged so; then all levels by the option of PTEs, until the fix asked for the level's own.
 */
function looksAtMark({ kernel, level }: Decision): boolean {
  if (kernel.has('special-per-level')) return kernel.hasSpecial(level);
  if (level === 'pte' || kernel.has('common-normal-page')) return kernel.hasSpecial('pte');
  return false;
}

function hasPmdForm({ kernel }: Decision): boolean {
  const { TRANSPARENT_HUGEPAGE, HUGETLB_PAGE } = kernel.config;
  return TRANSPARENT_HUGEPAGE || (kernel.has('huge-pfnmap') && HUGETLB_PAGE);
}

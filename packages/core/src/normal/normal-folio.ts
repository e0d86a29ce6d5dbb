import type { Pfn } from '../units.js';
import { normalPage } from './normal-page.js';
import { RULES } from './rules.js';
import type { NormalPageQuestion, Reasons, Verdict } from './verdict.js';

/** As `Verdict`, with the folio (its first frame) in the place of the page. */
export type FolioVerdict =
  | (Reasons & { readonly answer: 'folio'; readonly head: Pfn; readonly via: 'pfn' | 'hook' })
  | Exclude<Verdict, { answer: 'page' }>;

/**
 * vm_normal_folio() and vm_normal_folio_pmd(): page_folio() of what `normalPage` answers. There is
 * no form for PUDs. `folioHead` is page_folio(): the first frame of a page's folio (mm/memory.c;
 * SPEC 2, SPEC-7.2 2.14).
 */
export function normalFolio(
  question: NormalPageQuestion,
  folioHead: (page: Pfn) => Pfn,
): FolioVerdict {
  if (question.level === 'pud') {
    const because = [RULES['no-folio-pud-form']];
    return { answer: 'absent', function: 'vm_normal_folio_pud', because, warns: [] };
  }
  const verdict = normalPage(question);
  if (verdict.answer !== 'page') return verdict;
  const { page, ...rest } = verdict;
  return { ...rest, answer: 'folio', head: folioHead(page) };
}

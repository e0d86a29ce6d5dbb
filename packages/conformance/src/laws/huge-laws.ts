import { ask, same } from './ask.js';
import { fresh } from './build-laws.js';
import { type Law, OUTSIDE } from './law.js';

const TEST = 'mm/debug_vm_pgtable.c';

/** Entries that map a huge page. */
export const hugeLaws: readonly Law[] = [
  {
    id: 'pxx_leaf(pxx_mkhuge(pfn_pxx(pfn, prot)))',
    group: 'huge entries',
    sentence: 'A huge entry is a leaf.',
    source: `${TEST} pmd_leaf_tests, pud_leaf_tests`,
    over: 'frames x protections',
    at: (form, level) => (level === 'pte' ? undefined : fresh('leaf', true)(form, level)),
  },
  {
    id: 'pxx_trans_huge(pxx_mkhuge(pfn_pxx(pfn, prot)))',
    group: 'huge entries',
    sentence: 'A huge entry is a transparent huge page, where the level has them.',
    source: `${TEST} pmd_thp_tests, pud_thp_tests`,
    over: 'frames x protections',
    at: (form, level) => {
      const { transparentHugepage, pudTransparentHugepage } = form.definition.supports;
      const has = level === 'pmd' ? transparentHugepage : level === 'pud' && pudTransparentHugepage;
      return has ? fresh('trans_huge', true)(form, level) : undefined;
    },
  },
  {
    id: 'pxx_bad(leaf)',
    group: 'huge entries',
    sentence: 'A leaf does not point to a table, so it counts as bad.',
    source: `${TEST} pmd_basic_tests, pud_basic_tests`,
    over: 'leaves',
    at: (form, level) => {
      const bad = ask(form, level, 'bad');
      if (bad === undefined || !form.geometry(level)?.mayMap) return undefined;
      return (entry = 0n) => same(`${level}_bad()`, true, bad(entry));
    },
  },
  {
    id: 'pmd_trans_huge(e) only if pmd_present(e)',
    group: 'huge entries',
    sentence: 'What is a transparent huge page is present, even while hidden from the processor.',
    source: `${TEST} pmd_thp_tests comment`,
    over: 'words',
    at: (form, level) => {
      const huge = ask(form, level, 'trans_huge');
      const present = ask(form, level, 'present');
      if (level !== 'pmd' || !huge || !present) return undefined;
      return (entry = 0n) => (huge(entry) ? same('pmd_present()', true, present(entry)) : OUTSIDE);
    },
  },
  ...(['present', 'trans_huge', 'leaf'] as const).map(
    (question): Law => ({
      id: `pmd_${question}(pmd_mkinvalid(pmd_mkhuge(pfn_pmd(pfn, prot))))`,
      group: 'huge entries',
      sentence: `A huge entry hidden from the processor is still ${question === 'trans_huge' ? 'a transparent huge page' : question === 'leaf' ? 'a leaf' : 'present'}.`,
      source: `${TEST} pmd_thp_tests`,
      over: 'frames x protections',
      at: (form, level) =>
        level === 'pmd' ? fresh(question, true, 'mkinvalid')(form, level) : undefined,
    }),
  ),
];

import type { EntryForm, Level } from '@pagewright/core';
import { type Ask, ask, builder, type Change, change, same } from './ask.js';
import type { Law, LawGroup } from './law.js';

const TEST = 'mm/debug_vm_pgtable.c';

/** The special mark at one level: predicate and transform, if the level has both. */
function specialAt(form: EntryForm, level: Level): { asked: Ask; mark: Change } | undefined {
  const asked = ask(form, level, 'special');
  const mark = change(form, level, 'mkspecial');
  return asked && mark ? { asked, mark } : undefined;
}

const works = (form: EntryForm, level: Level): boolean => form.geometry(level)?.hasSpecial ?? false;

/** The special mark works exactly at the levels that say so. */
export const specialLaws: readonly Law[] = [
  {
    id: 'pxx_special(pxx_mkspecial(e))',
    group: 'special',
    sentence: 'Where the special mark works, an entry marked special is special.',
    source: `${TEST} pte_special_tests; SPEC 0.4`,
    over: 'leaves',
    at: (form, level) => {
      const at = specialAt(form, level);
      if (at === undefined || !works(form, level)) return undefined;
      return (entry = 0n) => same(`${level}_special()`, true, at.asked(at.mark(entry)));
    },
  },
  {
    id: 'pxx_mkspecial(e) = e without special support',
    group: 'special',
    sentence: 'Where the special mark does not work, marking is the identity.',
    source: 'include/linux/mm.h pte_mkspecial, pmd_mkspecial, pud_mkspecial stubs; SPEC 0.4',
    over: 'words',
    at: (form, level) => {
      const mark = change(form, level, 'mkspecial');
      if (mark === undefined || works(form, level)) return undefined;
      return (entry = 0n) => same(`${level}_mkspecial()`, entry, mark(entry));
    },
  },
  {
    id: '!pxx_special(e) without special support',
    group: 'special',
    sentence: 'Where the special mark does not work, no word is special.',
    source: 'include/linux/mm.h pte_special, pmd_special, pud_special stubs; SPEC 0.4',
    over: 'words',
    at: (form, level) => {
      const asked = ask(form, level, 'special');
      if (asked === undefined || works(form, level)) return undefined;
      return (entry = 0n) => same(`${level}_special()`, false, asked(entry));
    },
  },
  {
    id: '!pxx_special(pfn_pxx(pfn, prot))',
    group: 'special',
    sentence: 'No user protection makes an entry special by itself.',
    source: 'mm/memory.c insert_pfn marks with pte_mkspecial; SPEC 3.8',
    over: 'frames x protections',
    at: (form, level, { leaves }) => {
      const asked = ask(form, level, 'special');
      const make = builder(form, level);
      if (asked === undefined || make === undefined || leaves.length === 0) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const entry = make(pfn, prot);
        const broken = same(`${level}_special()`, false, asked(entry));
        return broken && { ...broken, word: entry };
      };
    },
  },
];

interface Mark {
  readonly asked: string;
  readonly mark: string;
  readonly clear?: string;
  readonly words: string;
  readonly source: string;
  readonly supported: (form: EntryForm) => boolean;
}

const MARKS: readonly Mark[] = [
  {
    asked: 'soft_dirty',
    mark: 'mksoft_dirty',
    clear: 'clear_soft_dirty',
    words: 'soft-dirty',
    source: `${TEST} pte_soft_dirty_tests, pmd_soft_dirty_tests`,
    supported: (form) => form.definition.supports.softDirty,
  },
  {
    asked: 'uffd_wp',
    mark: 'mkuffd_wp',
    clear: 'clear_uffd_wp',
    words: 'userfaultfd write-protected',
    source: 'include/asm-generic/pgtable_uffd.h; mm/userfaultfd.c',
    supported: (form) => form.definition.supports.uffdWp,
  },
  {
    asked: 'devmap',
    mark: 'mkdevmap',
    words: 'a device mapping',
    source: `${TEST} pte_devmap_tests, pmd_devmap_tests, pud_devmap_tests`,
    supported: (form) => form.definition.supports.devmap,
  },
];

const MARK_GROUP: LawGroup = 'soft-dirty, uffd-wp and devmap';

/** Marked is marked, cleared is cleared, and without support both do nothing. */
export const markLaws: readonly Law[] = [
  ...MARKS.flatMap(({ asked, mark, clear, words, source, supported }): Law[] => {
    const at =
      (wanted: boolean, expected: boolean, transform: string) =>
      (form: EntryForm, level: Level) => {
        const question = ask(form, level, asked);
        const apply = change(form, level, transform);
        if (question === undefined || apply === undefined || supported(form) !== wanted) return;
        return (entry = 0n) => same(`${level}_${asked}()`, expected, question(apply(entry)));
      };
    const laws: Law[] = [
      {
        id: `pxx_${asked}(pxx_${mark}(e))`,
        group: MARK_GROUP,
        sentence: `An entry marked ${words} is ${words}.`,
        source,
        over: 'leaves',
        at: at(true, true, mark),
      },
      {
        id: `!pxx_${asked}(e) without support`,
        group: MARK_GROUP,
        sentence: `Without support no word is ${words}, and marking is the identity.`,
        source: 'include/linux/pgtable.h and asm-generic/pgtable_uffd.h stubs',
        over: 'words',
        at: (form, level) => {
          const question = ask(form, level, asked);
          if (question === undefined || supported(form)) return undefined;
          const apply = change(form, level, mark) ?? ((entry: bigint) => entry);
          return (entry = 0n) =>
            same(`${level}_${asked}()`, false, question(entry)) ??
            same(`${level}_${mark}()`, entry, apply(entry));
        },
      },
    ];
    if (clear === undefined) return laws;
    return [
      ...laws,
      {
        id: `!pxx_${asked}(pxx_${clear}(pxx_${mark}(e)))`,
        group: MARK_GROUP,
        sentence: `Clearing the mark leaves an entry that is not ${words}.`,
        source,
        over: 'leaves',
        at: at(true, false, clear),
      },
    ];
  }),
  {
    id: '!pxx_write(pxx_mkuffd_wp(e))',
    group: MARK_GROUP,
    sentence: 'An entry that userfaultfd protects cannot be written.',
    source: 'mm/memory.c do_wp_page asks userfaultfd_pte_wp on a write fault; SPEC 8.2',
    over: 'leaves',
    except: 'In headers 6.1 callers write-protect first and pte_mkuffd_wp sets its mark alone.',
    at: (form, level) => {
      const write = ask(form, level, 'write');
      const mark = change(form, level, 'mkuffd_wp');
      const marksAlone = form.headers === '6.1' || !form.definition.supports.uffdWp;
      if (!write || !mark || marksAlone) return undefined;
      return (entry = 0n) => same(`${level}_write()`, false, write(mark(entry)));
    },
  },
];

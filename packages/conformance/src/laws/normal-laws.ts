import {
  type Bits,
  decodeEntry,
  type MappingLevel,
  mappedEntry,
  type Pfn,
  type Verdict,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
} from '@pagewright/core';
import { ask, builder, change } from './ask.js';
import { answer, deciderAt, PLAIN, verdictOf } from './decide.js';
import { type Broken, type Law, OUTSIDE } from './law.js';
import { modifyOf } from './modify-laws.js';
import { permissionsOf } from './permissions.js';

const NORMAL = 'mm/memory.c vm_normal_page, vm_normal_page_pmd, __vm_normal_page';
/** Broken when the answer is none of those demanded. */
function demand(
  verdict: Verdict | undefined,
  allowed: readonly Verdict['answer'][],
  word: bigint,
): Broken | undefined {
  if (verdict !== undefined && (allowed.includes(verdict.answer) || verdict.answer === 'absent')) {
    return undefined;
  }
  return { expected: `answer ${allowed.join(' or ')}`, got: `answer ${answer(verdict)}`, word };
}

const law = (
  id: string,
  sentence: string,
  source: string,
  over: Law['over'],
  at: Law['at'],
): Law => ({ id, group: 'normal pages', sentence, source, over, at });

const RAW_VMAS = [VM_PFNMAP | VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP | VM_SHARED];

/** What entries mean to vm_normal_page*(), with the newest kernel of the form's headers. */
export const normalLaws: readonly Law[] = [
  law(
    'vm_normal_page_pxx(pxx_mkspecial(e)) without a hook',
    'Where the special mark works, a marked entry is never a normal page.',
    `${NORMAL}; SPEC 2.1, 2.8`,
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      const mark = change(form, level, 'mkspecial');
      if (!at?.works || !mark) return undefined;
      return (entry = 0n) => {
        const word = mark(entry);
        for (const flags of [PLAIN, ...RAW_VMAS]) {
          const broken = demand(at.decide(word, { flags }), ['none', 'bad'], word);
          if (broken !== undefined) return broken;
        }
        return undefined;
      };
    },
  ),
  law(
    'vm_normal_page_pxx(unmarked entry) where the mark works',
    'Where the special mark works, an entry without it is a page whatever the VMA says.',
    `${NORMAL}; SPEC 2.8 row 5, 2.9`,
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      const special = ask(form, level, 'special');
      if (!at?.trusted || !special) return undefined;
      return (entry = 0n) => {
        if (special(entry)) return OUTSIDE;
        for (const flags of [PLAIN, ...RAW_VMAS]) {
          const broken = demand(at.decide(entry, { flags }), ['page'], entry);
          if (broken !== undefined) return broken;
        }
        return undefined;
      };
    },
  ),
  law(
    'vm_normal_page_pxx(e) where the mark does not work',
    'Where the special mark does not work, a shared raw mapping has no normal page.',
    `${NORMAL}; SPEC 2.1 rows 3 and 4, 2.8, 2.9`,
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      const mark = change(form, level, 'mkspecial') ?? ((word: bigint) => word);
      if (!at || at.trusted || at.works) return undefined;
      return (entry = 0n) =>
        demand(at.decide(mark(entry), { flags: VM_PFNMAP | VM_SHARED }), ['none'], entry);
    },
  ),
  law(
    'vm_normal_page(zeropage)',
    'The shared zeropage, mapped as the kernel maps it, is never a normal page.',
    `${NORMAL}; SPEC 2.1 row 4, 14 (I3)`,
    'frames x protections',
    (form, level) => {
      const at = deciderAt(form, level);
      const make = builder(form, level);
      const mark = change(form, level, 'mkspecial');
      if (level !== 'pte' || !at || !make || !mark) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const word = mark(make(pfn, prot));
        return demand(at.decide(word, { frame: 'zero' }), ['none'], word);
      };
    },
  ),
  law(
    'vm_normal_page_pmd(huge zero folio)',
    'The huge zero folio, mapped as the kernel maps it, is never a normal page.',
    `${NORMAL}; mm/huge_memory.c set_huge_zero_folio; SPEC 10.4, 14 (I4)`,
    'frames x protections',
    (form, level) => {
      const at = deciderAt(form, level);
      const make = builder(form, level);
      const mark = change(form, level, 'mkspecial');
      if (level !== 'pmd' || !at || !make || !mark) return undefined;
      if (!form.definition.supports.transparentHugepage) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const word = mark(make(pfn, prot));
        return demand(at.decide(word, { frame: 'hz_head' }), ['none'], word);
      };
    },
  ),
  law(
    'vm_normal_page_pxx(pxx_modify(e, prot))',
    'New permissions change nothing about which page an entry maps.',
    'mm/mprotect.c change_pte_range; SPEC 8.2',
    'leaves x protections',
    (form, level) => {
      const at = deciderAt(form, level);
      const modify = modifyOf(form, level);
      if (!at || !modify || level !== 'pte') return undefined;
      return (entry = 0n, prot = 0n) => {
        const before = at.decide(entry, { flags: VM_MIXEDMAP });
        const after = at.decide(modify(entry, prot), { flags: VM_MIXEDMAP });
        const page = (v: Verdict | undefined) => (v?.answer === 'page' ? v.page : undefined);
        return answer(before) === answer(after) && page(before) === page(after)
          ? undefined
          : { expected: `answer ${answer(before)}`, got: `answer ${answer(after)}` };
      };
    },
  ),
  law(
    'vm_normal_page_pxx(pxx_mkold(e)), of mkclean, wrprotect, mkdirty, mkyoung',
    'Age, dirty and write access change nothing about which page an entry maps.',
    `${NORMAL}; SPEC 0.4, 14 (I34)`,
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      const transforms = ['mkold', 'mkyoung', 'mkclean', 'mkdirty', 'wrprotect'].flatMap((name) => {
        const transform = change(form, level, name);
        return transform === undefined ? [] : [{ name, transform }];
      });
      if (!at || transforms.length === 0) return undefined;
      return (entry = 0n) => {
        const before = answer(at.decide(entry, {}));
        for (const { name, transform } of transforms) {
          const after = answer(at.decide(transform(entry), {}));
          if (after !== before)
            return { expected: `answer ${before}`, got: `${after} after ${name}` };
        }
        return undefined;
      };
    },
  ),
  law(
    'user accessible and unmarked, then normal',
    'An entry that page_table_check counts for a user, unmarked, in a plain VMA, is a normal page.',
    'mm/page_table_check.c page_table_check_set; asm/pgtable.h pte_user_accessible_page; SPEC 2.1',
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      const special = ask(form, level, 'special');
      const permissions = permissionsOf(form, level);
      if (!at || !special || !permissions) return undefined;
      const devmap = ask(form, level, 'devmap') ?? (() => false);
      return (entry = 0n) => {
        const accessible =
          permissions.user(entry) && (permissions.read(entry) || permissions.execute(entry));
        if (!accessible || special(entry) || devmap(entry)) return OUTSIDE;
        return demand(at.decide(entry, { frame: 'anon' }), ['page'], entry);
      };
    },
  ),
  law(
    'PAGE_NONE: not accessible, and still normal',
    'An entry without any access is no user-accessible page, yet the page that it maps is normal.',
    'mm/memory.c do_numa_page; asm/pgtable.h pte_user_accessible_page; SPEC 6.8',
    'frames x protections',
    (form, level) => {
      const at = deciderAt(form, level);
      const make = builder(form, level);
      const permissions = permissionsOf(form, level);
      const none = form.definition.protectionMap[0];
      if (level !== 'pte' || !at || !make || !permissions || none === undefined) return undefined;
      return (pfn = 0n, prot = 0n) => {
        if (prot !== none) return OUTSIDE;
        const word = make(pfn, prot);
        if (permissions.read(word) || permissions.write(word) || permissions.execute(word)) {
          return { expected: 'no access', got: 'some access', word };
        }
        return demand(at.decide(word, { frame: 'anon' }), ['page'], word);
      };
    },
  ),
  law(
    'the page of vm_normal_page_pxx(e) is pxx_pfn(e)',
    'A page that no hook named is that of the entry, and every answer has a reason.',
    NORMAL,
    'leaves',
    (form, level) => {
      const at = deciderAt(form, level);
      if (!at) return undefined;
      return (entry = 0n) => {
        const decoded = decodeEntry(form, level, entry as Bits);
        const verdict = at.decide(entry, {});
        if (decoded.kind !== 'leaf' || verdict === undefined || verdict.because.length === 0) {
          return { expected: 'a verdict with a reason', got: answer(verdict) };
        }
        return verdict.answer === 'page' && verdict.page !== decoded.pfn
          ? { expected: `page ${decoded.pfn}`, got: `page ${verdict.page}` }
          : undefined;
      };
    },
  ),
  law(
    'find_normal_page of a special entry',
    'Where the special mark works, a hook of the VMA names the page behind a marked pte.',
    `${NORMAL}; drivers/xen/gntdev.c; SPEC 2.8 row 1, 13`,
    'frames x protections',
    (form, level) => {
      const at = deciderAt(form, level);
      const make = builder(form, level);
      const mark = change(form, level, 'mkspecial');
      if (level !== 'pte' || !at?.works || !make || !mark) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const word = mark(make(pfn, prot));
        const behind = (pfn ^ 1n) as Pfn;
        const verdict = at.decide(word, { flags: VM_PFNMAP, hook: () => behind });
        const page = verdict?.answer === 'page' ? verdict.page : undefined;
        return page === behind
          ? undefined
          : { expected: `page ${behind}`, got: `answer ${answer(verdict)}`, word };
      };
    },
  ),
  law(
    'pte, pmd and pud forms share one heart',
    'Where one helper decides for all levels, levels with equal special support answer alike.',
    'mm/memory.c __vm_normal_page; SPEC 2.8',
    'frames x protections',
    (form, level) => {
      const here = deciderAt(form, level);
      const pte = deciderAt(form, 'pte');
      const kernel = here?.kernel;
      const make = builder(form, level);
      if (level === 'pte' || !here || !pte || !make || !kernel?.has('normal-page-by-level')) return;
      if (here.works !== pte.works) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const word = make(pfn, prot);
        const found = mappedEntry(form, level as MappingLevel, word);
        if (!found.ok) return OUTSIDE;
        for (const special of [false, true]) {
          for (const frame of ['file', 'zero', 'hz_head', 'no_memmap', 'beyond'] as const) {
            for (const flags of [PLAIN, ...RAW_VMAS]) {
              const entry = { ...found.value, special };
              const a = verdictOf(kernel, 'pte', entry, { flags, frame }).answer;
              const b = verdictOf(kernel, level as MappingLevel, entry, { flags, frame }).answer;
              if (a !== b)
                return { expected: `answer ${a} as for a pte`, got: `answer ${b}`, word };
            }
          }
        }
        return undefined;
      };
    },
  ),
];

import type { EntryForm, Level } from '@pagewright/core';
import { ask, type Change, call, change, same } from './ask.js';
import type { Check, Law, LawGroup } from './law.js';
import { OUTSIDE } from './law.js';
import { canBecomeWritable, NO_ACCESS } from './protnone.js';

const GROUP: LawGroup = 'age, dirty and write';
const BASIC = 'mm/debug_vm_pgtable.c pte_basic_tests, pmd_basic_tests, pud_basic_tests';

/** `question(transforms(e))` must answer `expected`; absent where one of the helpers is. */
function after(
  question: string,
  transforms: readonly string[],
  expected: boolean,
): (form: EntryForm, level: Level) => Check | undefined {
  return (form, level) => {
    const asked = ask(form, level, question);
    const steps = transforms.map((name) => make(form, level, name));
    if (asked === undefined || steps.some((step) => step === undefined)) return undefined;
    const run = steps as Change[];
    const what = `${level}_${question}()`;
    return (entry = 0n) => {
      const changed = run.reduceRight((word: bigint, step) => step(word), entry);
      return same(what, expected, asked(changed));
    };
  };
}

/** A transform by name; `mkwrite` is the form with a VMA that is writable and no shadow stack. */
function make(form: EntryForm, level: Level, name: string): Change | undefined {
  if (name !== 'mkwrite' || level === 'pud') return change(form, level, name);
  const mkwrite = call(form, `${level}_mkwrite`);
  return mkwrite && ((entry) => mkwrite({ entry, vmWrite: true, vmShadowStack: false }));
}

const law = (
  id: string,
  sentence: string,
  question: string,
  transforms: readonly string[],
  expected: boolean,
): Law => ({
  id,
  group: GROUP,
  sentence,
  source: BASIC,
  over: 'leaves',
  at: after(question, transforms, expected),
});

/** What age, dirty and write transforms do to the attribute that they are about. */
export const ageLaws: readonly Law[] = [
  law(
    'pxx_young(pxx_mkyoung(pxx_mkold(e)))',
    'An old entry made young is young.',
    'young',
    ['mkyoung', 'mkold'],
    true,
  ),
  law(
    'pxx_young(pxx_mkyoung(e))',
    'An entry made young is young, whatever it was.',
    'young',
    ['mkyoung'],
    true,
  ),
  law(
    '!pxx_young(pxx_mkold(pxx_mkyoung(e)))',
    'A young entry made old is not young.',
    'young',
    ['mkold', 'mkyoung'],
    false,
  ),
  law('!pxx_young(pxx_mkold(e))', 'An entry made old is not young.', 'young', ['mkold'], false),
  law(
    'pxx_dirty(pxx_mkdirty(pxx_mkclean(e)))',
    'A clean entry made dirty is dirty.',
    'dirty',
    ['mkdirty', 'mkclean'],
    true,
  ),
  law(
    'pxx_dirty(pxx_mkdirty(e))',
    'An entry made dirty is dirty, writable or not.',
    'dirty',
    ['mkdirty'],
    true,
  ),
  law(
    '!pxx_dirty(pxx_mkclean(pxx_mkdirty(e)))',
    'A dirty entry made clean is not dirty.',
    'dirty',
    ['mkclean', 'mkdirty'],
    false,
  ),
  law(
    '!pxx_dirty(pxx_mkclean(e))',
    'An entry made clean is not dirty.',
    'dirty',
    ['mkclean'],
    false,
  ),
  {
    ...law(
      'pxx_write(pxx_mkwrite(pxx_wrprotect(e), vma))',
      'A write-protected entry made writable for an ordinary VMA is writable.',
      'write',
      [],
      true,
    ),
    except: NO_ACCESS,
    at: (form, level) => {
      const check = after('write', ['mkwrite', 'wrprotect'], true)(form, level);
      const concerned = canBecomeWritable(form, level);
      if (check === undefined || concerned === undefined) return undefined;
      return (entry = 0n) => (concerned(entry) ? check(entry) : OUTSIDE);
    },
  },
  law(
    '!pxx_write(pxx_wrprotect(pxx_mkwrite(e, vma)))',
    'A writable entry that is write-protected is not writable.',
    'write',
    ['wrprotect', 'mkwrite'],
    false,
  ),
  law(
    '!pxx_write(pxx_wrprotect(e))',
    'A write-protected entry is not writable, dirty or not.',
    'write',
    ['wrprotect'],
    false,
  ),
  law(
    '!pxx_dirty(pxx_wrprotect(pxx_mkclean(e)))',
    'Write-protecting a clean entry does not make it dirty.',
    'dirty',
    ['wrprotect', 'mkclean'],
    false,
  ),
  law(
    'pxx_dirty(pxx_wrprotect(pxx_mkdirty(e)))',
    'Write-protecting a dirty entry does not lose that it is dirty.',
    'dirty',
    ['wrprotect', 'mkdirty'],
    true,
  ),
  law(
    'pxx_dirty(pxx_wrprotect(pxx_mkdirty(pxx_mkwrite(e, vma))))',
    'Write-protecting an entry that was written to does not lose that it is dirty.',
    'dirty',
    ['wrprotect', 'mkdirty', 'mkwrite'],
    true,
  ),
  law(
    'pxx_dirty(pxx_mkwrite(pxx_wrprotect(pxx_mkdirty(e)), vma))',
    'A dirty entry stays dirty when it loses and regains write access.',
    'dirty',
    ['mkwrite', 'wrprotect', 'mkdirty'],
    true,
  ),
  {
    id: 'pxx_same(e, e)',
    group: GROUP,
    sentence: 'Every entry is the same as itself.',
    source: BASIC,
    over: 'words',
    at: (form, level) => {
      const equal = call<boolean>(form, `${level}_same`);
      return (
        equal && ((entry = 0n) => same(`${level}_same()`, true, equal({ entry, other: entry })))
      );
    },
  },
];

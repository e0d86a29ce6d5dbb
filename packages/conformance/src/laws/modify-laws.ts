import { type EntryForm, isAbsentHelper, type Level } from '@pagewright/core';
import { ask, builder, caller, change, same } from './ask.js';
import { type Check, type Law, OUTSIDE } from './law.js';
import { isLeafWord } from './membership.js';
import { permissionsOf } from './permissions.js';
import { makesPresent, NO_PROTNONE } from './protnone.js';

const SOURCE =
  'Documentation/mm/arch_pgtable_helpers.rst; arch asm/pgtable.h pte_modify, pmd_modify';
type Modify = (entry: bigint, prot: bigint) => bigint;

/** `pxx_modify(e, prot)`. */
export function modifyOf(form: EntryForm, level: Level): Modify | undefined {
  const helper = form.helper(level, 'modify');
  if (isAbsentHelper(helper)) return undefined;
  const run = caller<bigint>(helper);
  return (entry, prot) => run({ entry, prot });
}

function keeps(
  names: readonly string[],
  how: 'exactly' | 'never lost',
): (form: EntryForm, level: Level) => Check | undefined {
  return (form, level) => {
    const modify = modifyOf(form, level);
    const questions = names.flatMap((name) => {
      const question = ask(form, level, name);
      return question === undefined ? [] : [{ what: `${level}_${name}()`, question }];
    });
    if (modify === undefined || questions.length === 0) return undefined;
    return (entry = 0n, prot = 0n) => {
      const changed = modify(entry, prot);
      for (const { what, question } of questions) {
        const before = question(entry);
        const now = question(changed);
        if (before !== now && (how === 'exactly' || before)) return same(what, before, now);
      }
      return undefined;
    };
  };
}

const law = (
  id: string,
  sentence: string,
  at: Law['at'],
  more: Partial<Pick<Law, 'except' | 'source'>> = {},
): Law => ({
  id,
  group: 'modify',
  sentence,
  source: SOURCE,
  over: 'leaves x protections',
  at,
  ...more,
});

/** mprotect() gives new permissions and keeps everything else. */
export const modifyLaws: readonly Law[] = [
  law(
    'pxx_pfn(pxx_modify(e, prot)) = pxx_pfn(e)',
    'New permissions keep the frame, also into and out of PROT_NONE.',
    (form, level) => {
      const modify = modifyOf(form, level);
      const pfn = change(form, level, 'pfn');
      if (modify === undefined || pfn === undefined) return undefined;
      return (entry = 0n, prot = 0n) =>
        same(`${level}_pfn()`, pfn(entry), pfn(modify(entry, prot)));
    },
  ),
  law(
    'pxx_young and pxx_dirty of pxx_modify(e, prot)',
    'New permissions lose neither age nor dirty.',
    keeps(['young', 'dirty'], 'never lost'),
  ),
  law(
    'pxx_special(pxx_modify(e, prot)) = pxx_special(e)',
    'The special mark survives new permissions.',
    keeps(['special'], 'exactly'),
    { source: 'SPEC 0.4: special is in the change mask of pte_modify; SPEC 8.2' },
  ),
  law(
    'pxx_soft_dirty and pxx_uffd_wp of pxx_modify(e, prot)',
    'Soft-dirty and the userfaultfd mark survive new permissions.',
    keeps(['soft_dirty', 'uffd_wp'], 'exactly'),
    { source: 'SPEC 8.2, 14 (I34)' },
  ),
  law(
    'pxx_devmap(pxx_modify(e, prot)) = pxx_devmap(e)',
    'The device mark survives new permissions, in headers that have it.',
    keeps(['devmap'], 'exactly'),
    { source: 'SPEC 8.2; removed with the bit (SPEC-7.2 0.6)' },
  ),
  {
    ...law(
      'pxx_present and pxx_leaf of pxx_modify(e, prot)',
      'New permissions keep an entry present and a leaf, also PROT_NONE.',
      (form, level) => {
        const modify = modifyOf(form, level);
        const make = builder(form, level);
        const isLeaf = (word: bigint) => isLeafWord(form, level, word);
        if (!modify || !make) return undefined;
        const before = form.definition.protectionMap.filter((p) => makesPresent(form, level, p));
        return (frame = 0n, prot = 0n) => {
          if (!makesPresent(form, level, prot)) return OUTSIDE;
          for (const from of before) {
            const entry = make(frame, from);
            const broken = same('a leaf', isLeaf(entry), isLeaf(modify(entry, prot)));
            if (broken !== undefined) return { ...broken, word: entry };
          }
          return undefined;
        };
      },
      { except: NO_PROTNONE },
    ),
    over: 'frames x protections',
  },
  law(
    'pxx_write(pxx_modify(e, prot)) = pxx_write(pfn_pxx(pfn, prot))',
    'Whether an entry is writable after a change of permissions is the new protection alone.',
    (form, level, { frames }) => {
      const modify = modifyOf(form, level);
      const write = ask(form, level, 'write');
      const make = builder(form, level);
      const [frame] = frames;
      if (!modify || !write || !make || frame === undefined) return undefined;
      const shadow = ask(form, level, 'shstk');
      return (entry = 0n, prot = 0n) => {
        if (shadow?.(entry)) return OUTSIDE;
        return same(`${level}_write()`, write(make(frame, prot)), write(modify(entry, prot)));
      };
    },
    {
      except:
        'A shadow-stack entry (dirty without the write bit) keeps counting as writable: pte_modify leaves its dirty bit where it is.',
    },
  ),
  law(
    'permissions of pxx_modify(e, prot)',
    'Read, execute and user access after a change are those of the new protection.',
    (form, level, { frames }) => {
      const modify = modifyOf(form, level);
      const permissions = permissionsOf(form, level);
      const make = builder(form, level);
      const [frame] = frames;
      if (!modify || !permissions || !make || frame === undefined) return undefined;
      return (entry = 0n, prot = 0n) => {
        const fresh = make(frame, prot);
        const changed = modify(entry, prot);
        return (
          same('readable', permissions.read(fresh), permissions.read(changed)) ??
          same('executable', permissions.execute(fresh), permissions.execute(changed)) ??
          same('for users', permissions.user(fresh), permissions.user(changed))
        );
      };
    },
  ),
  law(
    'pxx_modify(pxx_modify(e, prot), prot)',
    'Giving the same permissions again changes nothing more, but for how dirty is kept.',
    (form, level) => {
      const modify = modifyOf(form, level);
      const mkdirty = change(form, level, 'mkdirty');
      if (!modify || !mkdirty) return undefined;
      return (entry = 0n, prot = 0n) => {
        const once = modify(entry, prot);
        return same('dirty entry', mkdirty(once), mkdirty(modify(once, prot)));
      };
    },
    {
      except:
        'arm64 notes in software that an entry is dirty by hardware whenever it modifies one, so both are compared as dirty entries.',
    },
  ),
  law(
    'pxx_pfn(pxx_modify(pxx_modify(e, PAGE_NONE), prot))',
    'Taking all access away and giving it back finds the same frame and the same marks.',
    (form, level) => {
      const modify = modifyOf(form, level);
      const pfn = change(form, level, 'pfn');
      const special = ask(form, level, 'special');
      const none = form.definition.protectionMap[0];
      if (!modify || !pfn || !special || none === undefined) return undefined;
      return (entry = 0n, prot = 0n) => {
        const back = modify(modify(entry, none), prot);
        return (
          same(`${level}_pfn()`, pfn(entry), pfn(back)) ??
          same(`${level}_special()`, special(entry), special(back))
        );
      };
    },
    { source: 'mm/mprotect.c change_pte_range; mm/memory.c do_numa_page; SPEC 6.8' },
  ),
];

import type { EntryForm, Level } from '@pagewright/core';
import { type Ask, ask, builder, call, change, same } from './ask.js';
import { type Broken, type Law, OUTSIDE } from './law.js';
import { permissionsOf } from './permissions.js';
import { makesPresent, NO_PROTNONE } from './protnone.js';

const TEST = 'mm/debug_vm_pgtable.c';
const MAP = 'arch protection_map, vm_get_page_prot(); comment above protection_map (mm/mmap.c)';

const withWord = (word: bigint, broken: Broken | undefined): Broken | undefined =>
  broken && { ...broken, word };

/** Asks a fresh entry `pfn_pxx(pfn, prot)` a question whose answer is always the same. */
export const fresh =
  (question: string, expected: boolean, before?: string) => (form: EntryForm, level: Level) => {
    const asked = ask(form, level, question);
    const make = builder(form, level);
    const step = before === undefined ? (e: bigint) => e : change(form, level, before);
    if (!asked || !make || !step) return undefined;
    return (pfn = 0n, prot = 0n) => {
      if (!makesPresent(form, level, prot)) return OUTSIDE;
      const entry = step(make(pfn, prot));
      return withWord(entry, same(`${level}_${question}()`, expected, asked(entry)));
    };
  };

/** Asks the entry of one index of the protection map; `wanted` says undefined where it is free. */
const mapped =
  (
    what: string,
    questionOf: (form: EntryForm, level: Level) => Ask | undefined,
    wanted: (flags: {
      read: boolean;
      write: boolean;
      exec: boolean;
      shared: boolean;
    }) => boolean | undefined,
  ): Law['at'] =>
  (form, level) => {
    const question = questionOf(form, level);
    const make = builder(form, level);
    if (!question || !make) return undefined;
    return (pfn = 0n, index = 0n) => {
      const has = (bit: bigint): boolean => (index & bit) !== 0n;
      const expected = wanted({ read: has(1n), write: has(2n), exec: has(4n), shared: has(8n) });
      if (expected === undefined) return OUTSIDE;
      const entry = make(pfn, form.definition.protectionMap[Number(index)] ?? 0n);
      return withWord(entry, same(what, expected, question(entry)));
    };
  };

const writes = (form: EntryForm, level: Level) => ask(form, level, 'write');
const permission = (name: 'read' | 'execute' | 'write') => (form: EntryForm, level: Level) =>
  permissionsOf(form, level)?.[name];

/** What an entry made of a frame and a protection is. */
export const buildLaws: readonly Law[] = [
  {
    id: 'pxx_pfn(pfn_pxx(pfn, prot)) = pfn',
    group: 'building',
    sentence: 'The frame that goes in comes out: for every bit that the field holds.',
    source: 'include/linux/pgtable.h; mm/debug_vm_pgtable.c fixed_pte_pfn',
    over: 'frames x protections',
    at: (form, level) => {
      const pfn = change(form, level, 'pfn');
      const make = builder(form, level);
      if (!pfn || !make) return undefined;
      return (frame = 0n, prot = 0n) => {
        const entry = make(frame, prot);
        return withWord(entry, same(`${level}_pfn()`, frame, pfn(entry)));
      };
    },
  },
  {
    id: 'pxx_present(pfn_pxx(pfn, prot))',
    group: 'building',
    sentence: 'Every user protection makes a present entry, also PROT_NONE.',
    source: `${TEST} pte_protnone_tests, pmd_protnone_tests`,
    over: 'frames x protections',
    except: NO_PROTNONE,
    at: fresh('present', true),
  },
  {
    id: '!pxx_none(pfn_pxx(pfn, prot))',
    group: 'building',
    sentence: 'An entry made of a frame and a protection is not empty.',
    source: `${TEST} pte_clear_tests: only a cleared entry is none`,
    over: 'frames x protections',
    at: fresh('none', false),
  },
  {
    id: '!pxx_dirty(pxx_wrprotect(pfn_pxx(pfn, prot)))',
    group: 'building',
    sentence: 'No user protection makes an entry that is dirty from the beginning.',
    source: `${TEST} pte_basic_tests, pmd_basic_tests, pud_basic_tests`,
    over: 'protection map',
    at: (form, level) => {
      const check = fresh('dirty', false, 'wrprotect')(form, level);
      if (check === undefined) return undefined;
      return (pfn = 0n, index = 0n) =>
        check(pfn, form.definition.protectionMap[Number(index)] ?? 0n);
    },
  },
  {
    id: 'pte_next_pfn(e)',
    group: 'building',
    sentence: 'The entry of the next frame has the next frame and is otherwise the same.',
    source: 'include/linux/pgtable.h pte_next_pfn, pte_advance_pfn',
    over: 'frames x protections',
    at: (form, level, { frameMask }) => {
      const next = change(form, level, 'next_pfn');
      const pfn = change(form, level, 'pfn');
      const make = builder(form, level);
      if (!next || !pfn || !make) return undefined;
      return (frame = 0n, prot = 0n) => {
        if (((frame + 1n) & frameMask) !== frame + 1n) return OUTSIDE;
        const entry = make(frame, prot);
        return withWord(
          entry,
          same('pte_pfn()', frame + 1n, pfn(next(entry))) ??
            same('entry', make(frame + 1n, prot), next(entry)),
        );
      };
    },
  },
  {
    id: '!pxx_write(private mapping)',
    group: 'building',
    sentence: 'A private mapping is never writable by its protection: the first write copies.',
    source: MAP,
    over: 'protection map',
    at: mapped('writable', writes, ({ shared }) => (shared ? undefined : false)),
  },
  {
    id: 'pxx_write(shared writable mapping)',
    group: 'building',
    sentence: 'A shared mapping with VM_WRITE is writable, one without is not.',
    source: MAP,
    over: 'protection map',
    at: mapped('writable', writes, ({ shared, write }) => (shared ? write : undefined)),
  },
  {
    id: 'read access of the protection map',
    group: 'building',
    sentence: 'A mapping with VM_READ can be read, one without any access cannot.',
    source: MAP,
    over: 'protection map',
    at: mapped('readable', permission('read'), ({ read, write, exec }) =>
      read ? true : write || exec ? undefined : false,
    ),
  },
  {
    id: 'execute access of the protection map',
    group: 'building',
    sentence: 'A mapping with VM_EXEC can be executed, one without any access cannot.',
    source: MAP,
    over: 'protection map',
    at: mapped('executable', permission('execute'), ({ read, write, exec }) =>
      exec ? true : read || write ? undefined : false,
    ),
  },
  {
    id: 'no processor write without pxx_write(e)',
    group: 'building',
    sentence: 'What the processor lets a user write, the kernel calls writable.',
    source: 'mm/memory.c wp_page_reuse; Documentation/mm/arch_pgtable_helpers.rst pte_write',
    over: 'frames x protections',
    at: (form, level) => {
      const permissions = permissionsOf(form, level);
      const write = ask(form, level, 'write');
      const make = builder(form, level);
      const steps = ['mkyoung', 'mkdirty', 'mkclean', 'mkwrite_novma', 'wrprotect'].flatMap(
        (name) => change(form, level, name) ?? [],
      );
      if (!permissions || !write || !make) return undefined;
      return (pfn = 0n, prot = 0n) => {
        const entry = make(pfn, prot);
        for (const word of [entry, ...steps.map((step) => step(entry))]) {
          if (permissions.write(word) && !write(word)) {
            return withWord(word, same(`${level}_write()`, true, false));
          }
        }
        return undefined;
      };
    },
  },
  {
    id: 'no processor write after pxx_wrprotect(e)',
    group: 'building',
    sentence: 'A write-protected entry cannot be written by the processor.',
    source:
      'Documentation/mm/arch_pgtable_helpers.rst pte_wrprotect; mm/memory.c copy_present_ptes',
    over: 'leaves',
    at: (form, level) => {
      const permissions = permissionsOf(form, level);
      const protect = change(form, level, 'wrprotect');
      if (!permissions || !protect) return undefined;
      return (entry = 0n) => same('processor write', false, permissions.write(protect(entry)));
    },
  },
  {
    id: 'pxx_protnone(pfn_pxx(pfn, PAGE_NONE))',
    group: 'building',
    sentence: 'Where NUMA balancing is possible, an entry without access is protnone and present.',
    source: `${TEST} pte_protnone_tests, pmd_protnone_tests`,
    over: 'protection map',
    at: (form, level) => {
      const present = ask(form, level, 'present');
      if (!form.definition.supports.protnone || level === 'pud' || !present) return undefined;
      const protnone = mapped(
        `${level}_protnone()`,
        (f, l) => ask(f, l, 'protnone'),
        ({ read, write, exec }) => !(read || write || exec),
      );
      return protnone(form, level, undefined as never);
    },
  },
  {
    id: '!pxx_protnone(e) without NUMA balancing',
    group: 'building',
    sentence: 'Where NUMA balancing is impossible, no word is protnone.',
    source: 'include/linux/pgtable.h pte_protnone, pmd_protnone stubs',
    over: 'words',
    at: (form, level) => {
      const protnone = ask(form, level, 'protnone');
      if (protnone === undefined || form.definition.supports.protnone) return undefined;
      return (entry = 0n) => same(`${level}_protnone()`, false, protnone(entry));
    },
  },
  {
    id: 'pxx_access_permitted(e, write)',
    group: 'building',
    sentence: 'Fast GUP may write only where it may read, and only to a writable present entry.',
    source: 'include/linux/pgtable.h pte_access_permitted; mm/gup.c gup_fast_pte_range',
    over: 'leaves',
    at: (form, level) => {
      const permitted = call<boolean>(form, `${level}_access_permitted`);
      const write = ask(form, level, 'write');
      if (!permitted || !write) return undefined;
      return (entry = 0n) => {
        if (!permitted({ entry, write: true })) return OUTSIDE;
        return (
          same('readable', true, permitted({ entry, write: false })) ??
          same(`${level}_write()`, true, write(entry))
        );
      };
    },
  },
];

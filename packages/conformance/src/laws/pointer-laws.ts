import { type EntryForm, isAbsentHelper, type Level } from '@pagewright/core';
import { type Ask, ask, builder, call, caller, change, same } from './ask.js';
import { type Check, type Law, OUTSIDE } from './law.js';

const TEST = 'mm/debug_vm_pgtable.c';

interface Pointer {
  /** What the function returns. */
  readonly returns: (mem: bigint, entry?: bigint) => bigint;
  /** The entry in memory afterwards. */
  readonly memory: (mem: bigint, entry?: bigint) => bigint;
}

function pointerOf(form: EntryForm, name: string): Pointer | undefined {
  const found = form.pointer(name);
  if (isAbsentHelper(found)) return undefined;
  const returns = caller<bigint>(found.returns);
  const memory = caller<bigint>(found.memory);
  return {
    returns: (mem, entry = 0n) => returns({ mem, entry }),
    memory: (mem, entry = 0n) => memory({ mem, entry }),
  };
}

/** Name of a pointer helper at a level, where the kernel has it. */
type NameAt = Partial<Record<Level, string>>;

function pointerLaw(
  id: string,
  sentence: string,
  source: string,
  over: Law['over'],
  names: NameAt,
  checkOf: (
    pointer: Pointer,
    helpers: { form: EntryForm; level: Level; name: string; is(name: string): Ask | undefined },
  ) => Check | undefined,
): Law {
  return {
    id,
    group: 'pointers',
    sentence,
    source,
    over,
    at: (form, level) => {
      const name = names[level];
      const pointer = name === undefined ? undefined : pointerOf(form, name);
      if (name === undefined || pointer === undefined) return undefined;
      return checkOf(pointer, { form, level, name, is: (question) => ask(form, level, question) });
    },
  };
}

const setAccess: NameAt = {
  pte: 'ptep_set_access_flags_dirty1',
  pmd: 'pmdp_set_access_flags_dirty1',
};

/** The helpers that work on an entry in memory. */
export const pointerLaws: readonly Law[] = [
  pointerLaw(
    'pxx_none(after pxx_clear)',
    'A cleared entry is empty, whatever it held.',
    `${TEST} pte_clear_tests, pmd_clear_tests`,
    'words',
    { pte: 'pte_clear', pmd: 'pmd_clear' },
    (pointer, { level, is }) => {
      const none = is('none');
      return none && ((mem = 0n) => same(`${level}_none()`, true, none(pointer.memory(mem))));
    },
  ),
  pointerLaw(
    'pxxp_get_and_clear(e)',
    'Taking an entry returns it and leaves an empty one.',
    `${TEST} pte_advanced_tests, pmd_advanced_tests`,
    'leaves',
    { pte: 'ptep_get_and_clear', pmd: 'pmdp_huge_get_and_clear' },
    (pointer, { level, is }) => {
      const none = is('none');
      if (none === undefined) return undefined;
      return (mem = 0n) =>
        same('returned', mem, pointer.returns(mem)) ??
        same(`${level}_none()`, true, none(pointer.memory(mem)));
    },
  ),
  pointerLaw(
    'ptep_get_and_clear_full(e)',
    'Taking an entry of a dying address space returns it and leaves an empty one.',
    `${TEST} pte_advanced_tests`,
    'leaves',
    { pte: 'ptep_get_and_clear_full1' },
    (pointer, { is }) => {
      const none = is('none');
      if (none === undefined) return undefined;
      return (mem = 0n) =>
        same('returned', mem, pointer.returns(mem)) ??
        same('pte_none()', true, none(pointer.memory(mem)));
    },
  ),
  pointerLaw(
    '!pxx_write(after pxxp_set_wrprotect)',
    'Write-protecting in memory leaves an entry that is not writable, and loses no dirty.',
    `${TEST} pte_advanced_tests, pmd_advanced_tests`,
    'leaves',
    { pte: 'ptep_set_wrprotect', pmd: 'pmdp_set_wrprotect' },
    (pointer, { level, is }) => {
      const write = is('write');
      const dirty = is('dirty');
      if (!write || !dirty) return undefined;
      return (mem = 0n) => {
        const left = pointer.memory(mem);
        return (
          same(`${level}_write()`, false, write(left)) ??
          same(`${level}_dirty()`, dirty(mem), dirty(left))
        );
      };
    },
  ),
  pointerLaw(
    'pxxp_test_and_clear_young(e)',
    'Asking for age answers what the entry was, and leaves it old.',
    `${TEST} pte_advanced_tests, pmd_advanced_tests`,
    'leaves',
    { pte: 'ptep_test_and_clear_young', pmd: 'pmdp_test_and_clear_young' },
    (pointer, { level, is }) => {
      const young = is('young');
      if (young === undefined) return undefined;
      return (mem = 0n) =>
        same('returned', young(mem), pointer.returns(mem) !== 0n) ??
        same(`${level}_young()`, false, young(pointer.memory(mem)));
    },
  ),
  pointerLaw(
    'pxxp_set_access_flags(e)',
    'Making an entry more permissive leaves it writable, dirty and young, with its frame.',
    `${TEST} pte_advanced_tests, pmd_advanced_tests`,
    'frames x protections',
    setAccess,
    (pointer, { form, level, is }) => {
      const [write, dirty, young] = [is('write'), is('dirty'), is('young')];
      const mkwrite = call(form, `${level}_mkwrite`);
      const mkdirty = change(form, level, 'mkdirty');
      const mkyoung = change(form, level, 'mkyoung');
      const wrprotect = change(form, level, 'wrprotect');
      const mkclean = change(form, level, 'mkclean');
      const pfn = change(form, level, 'pfn');
      const read = form.definition.leaves[level]?.permissions.read;
      const make = builder(form, level);
      if (!write || !dirty || !young || !mkwrite || !mkdirty || !mkyoung || !read) return undefined;
      if (!wrprotect || !mkclean || !pfn || !make) return undefined;
      const readable = form.codec(`permission read ${level}`, read).bits as Ask;
      return (frame = 0n, prot = 0n) => {
        const fresh = make(frame, prot);
        if (!readable(fresh)) return OUTSIDE;
        const mem = mkclean(wrprotect(fresh));
        const wanted = mkyoung(
          mkdirty(mkwrite({ entry: mem, vmWrite: true, vmShadowStack: false })),
        );
        const left = pointer.memory(mem, wanted);
        const broken =
          same(`${level}_write()`, true, write(left)) ??
          same(`${level}_dirty()`, true, dirty(left)) ??
          same(`${level}_young()`, true, young(left)) ??
          same(`${level}_pfn()`, frame, pfn(left));
        return broken && { ...broken, word: mem };
      };
    },
  ),
  pointerLaw(
    'pmdp_invalidate(e)',
    'Invalidating a huge entry returns the old one and keeps a present one with its frame.',
    'mm/pgtable-generic.c pmdp_invalidate; mm/debug_vm_pgtable.c pmd_thp_tests',
    'leaves',
    { pmd: 'pmdp_invalidate' },
    (pointer, { form, level, is }) => {
      const present = is('present');
      const pfn = change(form, level, 'pfn');
      if (!present || !pfn) return undefined;
      return (mem = 0n) => {
        const left = pointer.memory(mem);
        return (
          same('returned', mem, pointer.returns(mem)) ??
          same('pmd_present()', true, present(left)) ??
          same('pmd_pfn()', pfn(mem), pfn(left))
        );
      };
    },
  ),
  pointerLaw(
    'set_pxx_at(e)',
    'Storing an entry keeps its frame and what its helpers answer.',
    'include/linux/pgtable.h set_ptes, set_pmd_at',
    'leaves',
    { pte: 'set_pte_at', pmd: 'set_pmd_at' },
    (pointer, { form, level, is }) => {
      const pfn = change(form, level, 'pfn');
      const names = ['present', 'young', 'dirty', 'write', 'special', 'protnone', 'soft_dirty'];
      const questions = names.flatMap((name) => {
        const question = is(name);
        return question === undefined ? [] : [{ name, question }];
      });
      if (pfn === undefined) return undefined;
      return (mem = 0n) => {
        const left = pointer.memory(mem);
        const moved = same(`${level}_pfn()`, pfn(mem), pfn(left));
        if (moved !== undefined) return moved;
        for (const { name, question } of questions) {
          const broken = same(`${level}_${name}()`, question(mem), question(left));
          if (broken !== undefined) return broken;
        }
        return undefined;
      };
    },
  ),
];

import {
  compileBits,
  ENTRY_KINDS,
  type EntryForm,
  entryKind,
  fieldMask,
  hex,
  isAbsentHelper,
  kindTests,
  LEVELS,
  type Level,
} from '@pagewright/core';
import { ask, same } from './ask.js';
import { type Law, OUTSIDE } from './law.js';
import { PATTERN } from './random-words.js';

/** Level names between the one that has the table and the one that decides, the latter left out. */
function passedThrough(form: EntryForm, level: Level): Level[] {
  const decider = form.deciding(level);
  return LEVELS.slice(LEVELS.indexOf(decider) + 1, LEVELS.indexOf(level) + 1);
}

/** What an entry of a level can be. */
export const kindLaws: readonly Law[] = [
  {
    id: 'exactly one of none, table, leaf, absent, invalid',
    group: 'kinds',
    sentence: 'Every word is exactly one kind of entry.',
    source: 'DecodedEntry of @pagewright/core; mm/pagewalk.c walk_pmd_range order of tests',
    over: 'words',
    at: (form, level) => {
      if (!form.hasTable(level)) return undefined;
      const tests = kindTests(form, level);
      const compiled = ENTRY_KINDS.map((kind) => ({
        kind,
        test: compileBits(tests[kind], ['entry']),
      }));
      return (entry = 0n) => {
        const kinds = compiled.filter(({ test }) => test(entry)).map(({ kind }) => kind);
        const decided = entryKind(form, level, entry as never);
        if (kinds.length === 1 && kinds[0] === decided) return undefined;
        return { expected: `exactly one kind, ${decided}`, got: kinds.join(' and ') || 'no kind' };
      };
    },
  },
  {
    id: '!(pxx_none(e) && pxx_present(e))',
    group: 'kinds',
    sentence: 'No word is both empty and present.',
    source: 'Documentation/mm/arch_pgtable_helpers.rst pte_present; mm/memory.c handle_pte_fault',
    over: 'words',
    except:
      'p4d and pgd are left out: s390x asks the invalid bit for one and the table address for the other.',
    at: (form, level) => {
      const none = ask(form, level, 'none');
      const present = ask(form, level, 'present');
      if (!none || !present || level === 'p4d' || level === 'pgd') return undefined;
      return (entry = 0n) =>
        none(entry) ? same(`${level}_present()`, false, present(entry)) : OUTSIDE;
    },
  },
  {
    id: 'pxx_none agrees between levels',
    group: 'kinds',
    sentence: 'Levels whose cleared entry is the same word agree about which words are empty.',
    source: 'arch asm/pgtable.h pte_none, pmd_none; mm/debug_vm_pgtable.c pte_clear_tests',
    over: 'words',
    except: 'Levels with cleared entries of their own (s390x) are not compared.',
    at: (form, level) => {
      const cleared = (name: string): bigint | undefined => {
        const found = form.pointer(name);
        return isAbsentHelper(found)
          ? undefined
          : found.memory.bits(...found.memory.params.map(() => 0n));
      };
      const here = ask(form, level, 'none');
      const pte = ask(form, 'pte', 'none');
      if (level !== 'pmd' || !here || !pte || cleared('pte_clear') !== cleared('pmd_clear')) return;
      if (!form.hasTable('pmd')) return undefined;
      return (entry = 0n) => same('pmd_none()', pte(entry), here(entry));
    },
  },
  {
    id: 'what pxx_none ignores',
    group: 'kinds',
    sentence:
      'An empty slot may hold bits of age and dirty, both or neither, and bits that no question asks.',
    source: 'arch/x86/include/asm/pgtable_types.h _PAGE_KNL_ERRATUM_MASK; arch/um pte_none',
    over: 'level',
    at: (form, level, { leaves, words }) => {
      const none = ask(form, level, 'none');
      const empty = none && words.find(none);
      if (!none || empty === undefined || leaves.length === 0) return undefined;
      return () => {
        const ignored = singleBits(form).filter((bit) => (empty & bit) === 0n && none(empty | bit));
        const sample = leaves.filter((_, i) => i % 7 === 0);
        const meaning = ignored.map((bit) => ({
          bit,
          asked: askedAbout(form, level, sample, bit),
        }));
        const wrong = meaning.find(({ asked }) => asked.some((name) => !AGE.includes(name)));
        if (wrong !== undefined) {
          const got = `it decides ${wrong.asked.join(', ')}`;
          return { expected: 'an ignored bit of age or dirty', got, word: empty | wrong.bit };
        }
        const kinds = AGE.filter((name) => meaning.some(({ asked }) => asked.includes(name)));
        return kinds.length === 1
          ? { expected: 'age and dirty ignored alike', got: `only ${kinds[0]}`, word: empty }
          : undefined;
      };
    },
  },
  {
    id: 'pgd_none, p4d_none of a folded level',
    group: 'kinds',
    sentence:
      'A level folded into the one below is never empty, bad or a leaf: walks pass through.',
    source: 'include/asm-generic/pgtable-nop4d.h, pgtable-nopud.h, pgtable-nopmd.h',
    over: 'words',
    at: (form, level) => {
      if (!form.hasTable(level)) return undefined;
      const passed = passedThrough(form, level);
      const expected = { none: false, present: true, bad: false, leaf: false };
      const questions = passed.flatMap((at) =>
        Object.entries(expected).flatMap(([name, answer]) => {
          const question = ask(form, at, name);
          return question ? [{ what: `${at}_${name}()`, question, answer }] : [];
        }),
      );
      if (questions.length === 0) return undefined;
      return (entry = 0n) => {
        const wrong = questions.find(({ question, answer }) => question(entry) !== answer);
        return wrong && same(wrong.what, wrong.answer, !wrong.answer);
      };
    },
  },
  {
    id: 'a pte is never a table',
    group: 'kinds',
    sentence: 'The lowest level points to no table.',
    source: 'mm/pagewalk.c walk_pte_range',
    over: 'words',
    at: (form, level) =>
      level === 'pte'
        ? (entry = 0n) => same('table', false, entryKind(form, level, entry as never) === 'table')
        : undefined,
  },
  {
    id: 'leaves only at levels that may map',
    group: 'kinds',
    sentence: 'A leaf is found only at a level that says it may map memory.',
    source: 'SPEC 0.4; LevelGeometry of @pagewright/core',
    over: 'words',
    at: (form, level) => {
      const geometry = form.geometry(level);
      if (!geometry || geometry.folded) return undefined;
      return (entry = 0n) =>
        entryKind(form, level, entry as never) === 'leaf' && !geometry.mayMap
          ? { expected: `nothing mapped at ${level}`, got: 'a leaf' }
          : undefined;
    },
  },
  {
    id: 'what a helper reads has a name',
    group: 'kinds',
    sentence: 'A bit that changes an answer about an entry is named in the bit table of its level.',
    source: 'BitField of @pagewright/core',
    over: 'form',
    at: (form) => () => {
      for (const level of LEVELS) {
        if (!form.hasTable(level)) continue;
        const named = form.definition.bits
          .filter((field) => field.levels.includes(level))
          .reduce((mask, field) => mask | fieldMask(field), 0n);
        const unnamed = readBits(form, level) & ~named;
        if (unnamed !== 0n) {
          return {
            expected: `names for all bits that ${level} helpers read`,
            got: `no name for ${hex(unnamed)}`,
            word: unnamed,
          };
        }
      }
      return undefined;
    },
  },
  {
    id: 'fields lie in the word',
    group: 'kinds',
    sentence: 'Every field of the bit table lies within the word and at levels of the form.',
    source: 'BitField of @pagewright/core',
    over: 'form',
    at: (form) => () => {
      const limit = 1n << BigInt(form.definition.wordBits);
      const outside = form.definition.bits.find(
        (field) =>
          fieldMask(field) >= limit ||
          field.levels.length === 0 ||
          field.levels.some((level) => form.geometry(level) === undefined),
      );
      return outside && { expected: 'a field of the form', got: outside.name };
    },
  },
];

/** Questions whose bits the processor may set behind the kernel's back. */
const AGE: readonly string[] = ['young', 'dirty'];

const singleBits = (form: EntryForm): bigint[] =>
  Array.from({ length: form.definition.wordBits }, (_, i) => 1n << BigInt(i));

/** Questions about leaves whose answer a bit changes; with shadow stacks dirty decides write too. */
function askedAbout(
  form: EntryForm,
  level: Level,
  leaves: readonly bigint[],
  bit: bigint,
): string[] {
  const names = [...QUESTIONS, 'soft_dirty', 'uffd_wp', 'devmap', 'pfn'];
  const dirtyDecidesWrite = form.definition.supports.shadowStack;
  const changed = names.filter((name) => {
    const helper = form.helper(level, name);
    return !isAbsentHelper(helper) && leaves.some((e) => helper.bits(e) !== helper.bits(e ^ bit));
  });
  return changed.filter(
    (name) => name !== 'write' || !dirtyDecidesWrite || !changed.includes('dirty'),
  );
}

const QUESTIONS = ['present', 'leaf', 'young', 'dirty', 'write', 'special', 'protnone'];

/** Bits whose change alone changes an answer about a word that does not become or stop being empty. */
function readBits(form: EntryForm, level: Level): bigint {
  const questions = QUESTIONS.flatMap((name) => ask(form, level, name) ?? []);
  const bits = singleBits(form);
  const full = bits.reduce((mask, bit) => mask | bit, 0n);
  const base = [0n, full, full >> 1n, full & PATTERN, full & ~PATTERN];
  const none = ask(form, level, 'none') ?? (() => false);
  const changes = (w: bigint, bit: bigint): boolean =>
    none(w) === none(w ^ bit) && questions.some((question) => question(w) !== question(w ^ bit));
  return bits
    .filter((bit) => base.some((w) => changes(w, bit)))
    .reduce((mask, bit) => mask | bit, 0n);
}

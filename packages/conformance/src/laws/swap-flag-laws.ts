import {
  type Bits,
  type EntryForm,
  type Level,
  MASK64,
  type SwapLevel,
  swapValue,
} from '@pagewright/core';
import { ask, change, same } from './ask.js';
import type { Broken, Law } from './law.js';
import { EMPTY_VALUES, stored } from './stored-swap.js';

const EXCLUSIVE = 'mm/debug_vm_pgtable.c pte_swap_exclusive_tests';
const FLAGS = ['exclusive', 'soft_dirty', 'uffd_wp'] as const;

const isSupported = (form: EntryForm, flag: (typeof FLAGS)[number]): boolean =>
  flag === 'exclusive' ||
  (flag === 'soft_dirty' ? form.definition.supports.softDirty : form.definition.supports.uffdWp);

/**
 * The kernel cuts the answer of pte_swp_exclusive() to an int where it returns the masked word: a
 * flag above bit 31 is then never seen (alpha until 6.18).
 */
function isCutToInt(form: EntryForm, level: Level, flag: string): boolean {
  const asked = ask(form, level, `swp_${flag}`);
  const mark = change(form, level, `swp_mk${flag}`);
  if (asked === undefined || mark === undefined) return false;
  return mark(0n) >= 1n << 32n && !asked(MASK64 >> BigInt(64 - form.definition.wordBits));
}

/** The three flags beside type and offset of a level's non-present entries. */
function flagsOf(form: EntryForm, level: Level) {
  return FLAGS.flatMap((flag) => {
    const asked = ask(form, level, `swp_${flag}`);
    const mark = change(form, level, `swp_mk${flag}`);
    const clear = change(form, level, `swp_clear_${flag}`);
    const usable = isSupported(form, flag) && !isCutToInt(form, level, flag);
    const isStub = mark?.(0n) === 0n;
    return asked && mark && clear && usable && !isStub ? [{ flag, asked, mark, clear }] : [];
  });
}

const FLAG_LIMITS =
  'Headers without __HAVE_ARCH_PTE_SWP_EXCLUSIVE have no such flag (um 6.1). A flag above bit 31 whose test the kernel cuts to an int is never seen (pte_swp_exclusive of alpha until 6.18).';

function flagLaw(
  id: string,
  sentence: string,
  check: (
    flag: ReturnType<typeof flagsOf>[number],
    all: ReturnType<typeof flagsOf>,
    form: EntryForm,
    level: SwapLevel,
  ) => (word: Bits) => Broken | undefined,
): Law {
  return {
    id,
    group: 'swap side',
    sentence,
    source: `${EXCLUSIVE}, pte_swap_soft_dirty_tests`,
    over: 'swap values',
    except: `${FLAG_LIMITS} ${EMPTY_VALUES}`,
    at: stored((form, level) => {
      const all = flagsOf(form, level);
      const checks = all.map((flag) => check(flag, all, form, level));
      if (checks.length === 0) return undefined;
      return (word) => {
        for (const run of checks) {
          const broken = run(word);
          if (broken !== undefined) return broken;
        }
        return undefined;
      };
    }),
  };
}

/** The flags beside type and offset. */
export const swapFlagLaws: readonly Law[] = [
  flagLaw(
    'pxx_swp_X(pxx_swp_mkX(e))',
    'A flag beside type and offset that is set is seen.',
    ({ flag, asked, mark }, _all, _form, level) =>
      (word) =>
        same(`${level}_swp_${flag}()`, true, asked(mark(word))),
  ),
  flagLaw(
    '!pxx_swp_X(swp_entry_to_pxx(type, offset))',
    'A fresh swap entry has none of the flags, whatever its type and offset.',
    ({ flag, asked }, _all, _form, level) =>
      (word) =>
        same(`${level}_swp_${flag}()`, false, asked(word)),
  ),
  flagLaw(
    'pxx_swp_clear_X(pxx_swp_mkX(e)) = e',
    'Setting a flag and clearing it gives the entry back.',
    ({ flag, mark, clear }, _all, _form, level) =>
      (word) =>
        same(`${level}_swp_clear_${flag}()`, word, clear(mark(word))),
  ),
  flagLaw(
    'pxx_to_swp_entry(pxx_swp_mkX(e))',
    'A flag changes neither type nor offset, and the entry stays a swap entry.',
    ({ flag, mark }, _all, form, level) => {
      const none = ask(form, level, 'none');
      const present = ask(form, level, 'present');
      return (word) => {
        const marked = mark(word);
        const before = swapValue(form, level, word);
        const after = swapValue(form, level, marked);
        return (
          same(`type with ${flag}`, BigInt(before.type), BigInt(after.type)) ??
          same(`offset with ${flag}`, before.offset, after.offset) ??
          same('none', false, none?.(marked) ?? false) ??
          same('present', false, present?.(marked) ?? false)
        );
      };
    },
  ),
  flagLaw(
    'pxx_swp_Y(pxx_swp_mkX(e))',
    'Setting one flag sets no other.',
    ({ flag, mark }, all, _form, level) =>
      (word) => {
        for (const other of all) {
          if (other.flag === flag) continue;
          const broken = same(`${level}_swp_${other.flag}()`, false, other.asked(mark(word)));
          if (broken !== undefined) return broken;
        }
        return undefined;
      },
  ),
];

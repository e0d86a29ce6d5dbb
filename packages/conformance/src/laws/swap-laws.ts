import {
  type AbsentKind,
  type Bits,
  decodeEntry,
  type EntryForm,
  encodeEntry,
  genericSwapEntry,
  hasPfn,
  hex,
  isMigration,
  kindOfType,
  type Level,
  MASK64,
  markersIn,
  migrationAgeBit,
  SWAP_TYPE_BITS,
  type SwapLevel,
  swapValue,
  swapWord,
} from '@pagewright/core';
import { ask, change, same } from './ask.js';
import { type Broken, type Check, type Law, OUTSIDE } from './law.js';

const EXCLUSIVE = 'mm/debug_vm_pgtable.c pte_swap_exclusive_tests';
const FLAGS = ['exclusive', 'soft_dirty', 'uffd_wp'] as const;

const hasCodec = (form: EntryForm, level: Level): level is SwapLevel =>
  (level === 'pte' || level === 'pmd') && form.definition.swap.codecs[level] !== undefined;

/** What the laws about stored swap values leave out. */
const EMPTY_VALUES =
  'The value 0 is no entry, nor is a value whose word is 0 (x86 stores the offset inverted: type 0 with the highest offset, which its limit of swap size excludes).';

/** A check on the word of a type and offset; see `EMPTY_VALUES`. */
const stored =
  (
    check: (form: EntryForm, level: SwapLevel) => ((word: Bits) => Broken | undefined) | undefined,
  ): Law['at'] =>
  (form, level) => {
    if (!hasCodec(form, level)) return undefined;
    const run = check(form, level);
    if (run === undefined) return undefined;
    return (type = 0n, offset = 0n) => {
      if (type === 0n && offset === 0n) return OUTSIDE;
      const word = swapWord(form, level, { type: Number(type), offset });
      if (word === 0n) return OUTSIDE;
      const broken = run(word);
      return broken && { ...broken, word };
    };
  };

/** Offset bits that an entry of the level has room for (generic_max_swapfile_size). */
const roomOf = (form: EntryForm, level: SwapLevel): bigint =>
  swapValue(form, level, swapWord(form, level, { type: 0, offset: MASK64 })).offset;

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

/** Frames that every kind with a frame can carry, and ages for migration. */
function* absentCases(form: EntryForm, level: SwapLevel) {
  const { swap } = form.definition;
  const room = roomOf(form, level) & ((1n << BigInt(swap.pfnBits)) - 1n);
  const frames = [1n << 9n, room & ~((1n << 9n) - 1n)];
  for (const [name, type] of Object.entries(swap.types.numbers)) {
    const kind = name as AbsentKind;
    if (kind === 'marker') {
      for (let set = 0; set <= swap.types.markerMask; set++) {
        const markers = markersIn(swap.types, BigInt(set));
        yield { kind, type, offset: BigInt(set), more: { markers } };
      }
      continue;
    }
    for (const pfn of frames) {
      if (!isMigration(kind)) {
        yield { kind, type, offset: pfn, more: hasPfn(kind) ? { pfn } : {} };
        continue;
      }
      for (const [young, dirty] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const) {
        const age = {
          young: migrationAgeBit(form, 'young'),
          dirty: migrationAgeBit(form, 'dirty'),
        };
        if ((young || dirty) && (age.young === undefined || age.dirty === undefined)) continue;
        const offset = pfn | (young ? (age.young ?? 0n) : 0n) | (dirty ? (age.dirty ?? 0n) : 0n);
        yield { kind, type, offset, more: { pfn, young, dirty } };
      }
    }
  }
  yield { kind: 'swap' as const, type: 1, offset: roomOf(form, level), more: {} };
}

/** Non-present entries. */
export const swapLaws: readonly Law[] = [
  {
    id: 'pxx_to_swp_entry(swp_entry_to_pxx(type, offset))',
    group: 'swap side',
    sentence: 'Type and offset that go in come out, for every bit that the offset has room for.',
    source: EXCLUSIVE,
    over: 'swap values',
    at: (form, level) => {
      if (!hasCodec(form, level)) return undefined;
      return (type = 0n, offset = 0n) => {
        const word = swapWord(form, level, { type: Number(type), offset });
        const back = swapValue(form, level, word);
        const broken = same('type', type, BigInt(back.type)) ?? same('offset', offset, back.offset);
        return broken && { ...broken, word };
      };
    },
  },
  {
    id: '!pxx_none and !pxx_present of a swap entry',
    group: 'swap side',
    sentence: 'An entry with a type and an offset is neither empty nor present.',
    source: `${EXCLUSIVE}: is_swap_pte`,
    over: 'swap values',
    except: EMPTY_VALUES,
    at: stored((form, level) => {
      const none = ask(form, level, 'none');
      const present = ask(form, level, 'present');
      if (!none || !present) return undefined;
      return (word) =>
        same(`${level}_none()`, false, none(word)) ??
        same(`${level}_present()`, false, present(word));
    }),
  },
  {
    id: 'is_swap_pte(e) = !pte_none(e) && !pte_present(e)',
    group: 'swap side',
    sentence: 'A swap entry is exactly what is neither empty nor present.',
    source: 'include/linux/swapops.h is_swap_pte, include/linux/leafops.h',
    over: 'words',
    at: (form, level) => {
      const swap = ask(form, level, `swap_${level}`);
      const none = ask(form, level, 'none');
      const present = ask(form, level, 'present');
      const has = level === 'pte' || form.definition.supports.transparentHugepage;
      if (!swap || !none || !present || !has) return undefined;
      return (entry = 0n) => same(`is swap ${level}`, !none(entry) && !present(entry), swap(entry));
    },
  },
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
        // pmd entries have no clear-all: type and offset must be read past the flag itself.
        const plain = level === 'pte' ? marked : word;
        const before = swapValue(form, level, word);
        const after = swapValue(form, level, plain);
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
  {
    id: 'encode(decode) of migration, device, hwpoison and marker entries',
    group: 'swap side',
    sentence: 'Each kind of non-present entry keeps its frame, age and markers.',
    source: 'include/linux/swapops.h make_*_entry; mm/debug_vm_pgtable.c swap_migration_tests',
    over: 'form',
    at: (form) => () => {
      for (const level of ['pte', 'pmd'] as const) {
        if (!hasCodec(form, level) || !form.hasTable(level)) continue;
        for (const { kind, type, offset, more } of absentCases(form, level)) {
          const word = swapWord(form, level, { type, offset });
          const decoded = decodeEntry(form, level, word);
          const expected = { kind: 'absent', what: kind, type, offset, ...more };
          const broken = Object.entries(expected).find(
            ([key, value]) =>
              String((decoded as unknown as Record<string, unknown>)[key]) !== String(value),
          );
          if (broken !== undefined) {
            const [key, value] = broken;
            const got = String((decoded as unknown as Record<string, unknown>)[key]);
            return { expected: `${level} ${kind} ${key} ${value}`, got: `${key} ${got}`, word };
          }
          const back = encodeEntry(form, level, decoded);
          if (!back.ok || back.value !== word) {
            return {
              expected: hex(word),
              got: back.ok ? hex(back.value) : back.problem.message,
              word,
            };
          }
        }
      }
      return undefined;
    },
  },
  {
    id: 'SWP_MIG_TOTAL_BITS fit in the offset',
    group: 'swap side',
    sentence:
      'Where migration entries keep age, the offset has room for a frame and two bits more.',
    source: 'include/linux/swapops.h SWP_MIG_TOTAL_BITS; mm/swapfile.c swap_migration_ad_supported',
    over: 'form',
    at: (form) => {
      const { pfnBits, migrationAgeBits } = form.definition.swap;
      if (!migrationAgeBits) return undefined;
      return () => {
        const room = roomOf(form, 'pte');
        const all = (1n << BigInt(pfnBits + 2)) - 1n;
        return (room & all) === all
          ? undefined
          : { expected: `${pfnBits + 2} bits of offset`, got: `offsets within ${hex(room)}` };
      };
    },
  },
  {
    id: 'swap type numbers',
    group: 'swap side',
    sentence: 'Every type number stands for one kind, and swap files come first.',
    source: 'include/linux/swap.h MAX_SWAPFILES; SPEC 9.9, SPEC-7.2 9.13',
    over: 'form',
    at: (form) => () => {
      const { types } = form.definition.swap;
      const count = 1 << SWAP_TYPE_BITS;
      const kinds = Array.from({ length: count }, (_, type) => kindOfType(types, type));
      const special = kinds.filter((kind) => kind !== 'swap');
      const distinct = new Set(special).size === special.length;
      const files = kinds.findIndex((kind) => kind !== 'swap');
      if (!distinct) return { expected: 'one number a kind', got: special.join(' ') };
      return same('MAX_SWAPFILES', BigInt(types.maxSwapfiles), BigInt(files));
    },
  },
  {
    id: 'swp_entry(type, offset)',
    group: 'swap side',
    sentence: 'The generic swap value holds type and offset side by side.',
    source: 'include/linux/swapops.h swp_entry, swp_type, swp_offset',
    over: 'swap values',
    at: (form, level): Check | undefined => {
      if (level !== 'pte') return undefined;
      const shift = BigInt(form.definition.swap.typeShift);
      return (type = 0n, offset = 0n) => {
        const value = genericSwapEntry(form, { type: Number(type), offset });
        return (
          same('swp_type()', type, value >> shift) ??
          same('swp_offset()', offset, value & ((1n << shift) - 1n))
        );
      };
    },
  },
];

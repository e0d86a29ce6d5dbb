import {
  type AbsentKind,
  decodeEntry,
  type EntryForm,
  encodeEntry,
  genericSwapEntry,
  hasPfn,
  hex,
  holdsSwapValue,
  isMigration,
  kindOfType,
  markersIn,
  migrationAgeBit,
  SWAP_TYPE_BITS,
  type SwapLevel,
  swapValue,
  swapWord,
} from '@pagewright/core';
import { ask, same } from './ask.js';
import type { Check, Law } from './law.js';
import { EMPTY_VALUES, roomOf, stored } from './stored-swap.js';

const EXCLUSIVE = 'mm/debug_vm_pgtable.c pte_swap_exclusive_tests';

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
      if (!holdsSwapValue(form, level)) return undefined;
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
  {
    id: 'encode(decode) of migration, device, hwpoison and marker entries',
    group: 'swap side',
    sentence: 'Each kind of non-present entry keeps its frame, age and markers.',
    source: 'include/linux/swapops.h make_*_entry; mm/debug_vm_pgtable.c swap_migration_tests',
    over: 'form',
    at: (form) => () => {
      for (const level of ['pte', 'pmd'] as const) {
        if (!holdsSwapValue(form, level) || !form.hasTable(level)) continue;
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

import { type Bits, bits } from '../units.js';
import { type EntryForm, isAbsentHelper } from './form.js';
import type { Level } from './level.js';
import {
  type AbsentKind,
  hasPfn,
  isMigration,
  kindOfType,
  type MarkerName,
  markersIn,
} from './swap-types.js';

/** Levels whose non-present entries carry a type and an offset. */
export type SwapLevel = 'pte' | 'pmd';

/** The level's non-present entries carry a type and an offset. */
export const holdsSwapValue = (form: EntryForm, level: Level): level is SwapLevel =>
  (level === 'pte' || level === 'pmd') && form.definition.swap.codecs[level] !== undefined;

/** Type and offset of a non-present entry, the three flags beside them dropped. */
export interface SwapValue {
  readonly type: number;
  readonly offset: bigint;
}

function codecOf(form: EntryForm, level: SwapLevel) {
  const codec = form.definition.swap.codecs[level];
  if (codec === undefined) throw new Error(`${form.name}: ${level} entries hold no swap value`);
  return codec;
}

/** The flags that pmd_to_swp_entry() drops itself, there being no pmd_swp_clear_flags(). */
function withoutPmdFlags(form: EntryForm, raw: Bits): Bits {
  return ['soft_dirty', 'uffd_wp'].reduce((entry, name) => {
    const seen = form.helper('pmd', `swp_${name}`);
    if (isAbsentHelper(seen) || seen.bits(entry) !== true) return entry;
    return form.apply('pmd', `swp_clear_${name}`, entry);
  }, raw);
}

/**
 * pte_to_swp_entry(), pmd_to_swp_entry() and their softleaf forms, of an entry that is neither empty
 * nor present (include/linux/swapops.h, leafops.h).
 */
export function swapValue(form: EntryForm, level: SwapLevel, raw: Bits): SwapValue {
  const codec = codecOf(form, level);
  const plain =
    level === 'pte' ? form.apply('pte', 'swp_clear_flags', raw) : withoutPmdFlags(form, raw);
  const type = form.codec(`swp_type ${level}`, codec.type).bits(plain);
  const offset = form.codec(`swp_offset ${level}`, codec.offset).bits(plain);
  const offsetMask = (1n << BigInt(form.definition.swap.typeShift)) - 1n;
  return { type: Number(type), offset: offset & offsetMask };
}

/** swp_entry_to_pte(swp_entry(type, offset)); bits that do not fit are cut as the macros do. */
export function swapWord(form: EntryForm, level: SwapLevel, value: SwapValue): Bits {
  const make = form.codec(`swp_make ${level}`, codecOf(form, level).make);
  const offsetMask = (1n << BigInt(form.definition.swap.typeShift)) - 1n;
  const args = { type: BigInt(value.type), offset: value.offset & offsetMask };
  return bits(make.bits(...make.params.map((name) => args[name as 'type' | 'offset'])));
}

/** The generic swp_entry_t of include/linux/swapops.h: type above `typeShift`, offset below. */
export const genericSwapEntry = (form: EntryForm, { type, offset }: SwapValue): bigint => {
  const shift = BigInt(form.definition.swap.typeShift);
  return (BigInt(type) << shift) | (offset & ((1n << shift) - 1n));
};

/** Offset bit that marks a migration entry young, or dirty; undefined where the form keeps none. */
export function migrationAgeBit(form: EntryForm, age: 'young' | 'dirty'): bigint | undefined {
  const { migrationAgeBits, pfnBits } = form.definition.swap;
  return migrationAgeBits ? 1n << BigInt(age === 'young' ? pfnBits : pfnBits + 1) : undefined;
}

/** What a type and an offset stand for, beyond the two numbers. */
export interface AbsentFacts {
  /** What the entry stands for. */
  readonly what: AbsentKind;
  /** Frame that it stands for. */
  readonly pfn?: bigint;
  /** Of a migration entry, where the form keeps it. */
  readonly young?: boolean;
  readonly dirty?: boolean;
  /** Names of the marker bits that are set. */
  readonly markers?: readonly MarkerName[];
}

/** Reads frame, age and marker bits out of a swap value according to its kind. */
export function absentFacts(form: EntryForm, value: SwapValue): AbsentFacts {
  const { swap } = form.definition;
  const what = kindOfType(swap.types, value.type);
  if (what === 'marker') return { what, markers: markersIn(swap.types, value.offset) };
  if (!hasPfn(what)) return { what };
  const pfn = value.offset & ((1n << BigInt(swap.pfnBits)) - 1n);
  if (!isMigration(what)) return { what, pfn };
  const aged = (age: 'young' | 'dirty'): boolean =>
    (value.offset & (migrationAgeBit(form, age) ?? 0n)) !== 0n;
  return { what, pfn, young: aged('young'), dirty: aged('dirty') };
}

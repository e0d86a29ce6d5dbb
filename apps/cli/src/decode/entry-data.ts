import {
  type AbsentEntry,
  type AbsentKind,
  type Bits,
  type DecodedEntry,
  decodeEntry,
  type EntryForm,
  type EntryKind,
  type Hex,
  hex,
  isAbsentHelper,
  type Level,
  type MarkerName,
  type PhysAddr,
} from '@pagewright/core';
import type { StripField } from '@pagewright/report';
import { fieldsOf } from './fields.js';

/** A field with a value, as `--json` prints it. */
export type BitData = {
  /** As the kernel's headers call it; `unnamed` where no field has the bits. */
  readonly name: string;
  /** Lowest bit. */
  readonly low: number;
  /** How many bits. */
  readonly width: number;
  /** A number up to 16 bits, a lower-case `0x` string for wider fields (frames, offsets). */
  readonly value: number | Hex;
  readonly meaning: string;
};

/** What may be done through a leaf, and whether user mode may. */
export type PermissionData = {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly user: boolean;
};

/** What an absent entry carries. */
export type AbsentData = {
  readonly what: AbsentKind;
  /** Number of the swap type. */
  readonly type: number;
  readonly offset: Hex;
  /** Frame that it stands for, where it does for one. */
  readonly pfn?: Hex;
  readonly young?: boolean;
  readonly dirty?: boolean;
  readonly markers?: readonly MarkerName[];
};

/** One entry, as `--json` prints it. */
export type EntryData = {
  readonly form: string;
  /** Generation of the headers that it was read with. */
  readonly headers: string;
  readonly level: Level;
  readonly raw: Hex;
  readonly kind: EntryKind;
  /** Frame of a leaf or of the table that comes next; null where the entry has neither. */
  readonly pfn: Hex | null;
  /** First byte of that frame. */
  readonly physical: Hex | null;
  /**
   * Every field whose value is not 0, lowest first. Every set bit is in some field; two names of one
   * bit are both listed.
   */
  readonly bits: readonly BitData[];
  /** Why a word means nothing, for the kind `invalid` alone. */
  readonly reason?: string;
  readonly permissions?: PermissionData;
  readonly absent?: AbsentData;
  /**
   * Every kernel helper of the level that needs nothing but the entry, under its name without level:
   * tests are booleans, words `0x` strings, `batch_hint` a number.
   */
  readonly helpers: Readonly<Record<string, boolean | Hex | number>>;
};

/** An entry read: as data, and with all of its fields. */
export interface ReadEntry {
  readonly data: EntryData;
  readonly fields: readonly StripField[];
}

/** Fields wider than this are written as hexadecimal words. */
const WIDEST_NUMBER_BITS = 16;

/** Reads one word at one level. */
export function readEntry(form: EntryForm, level: Level, raw: Bits): ReadEntry {
  const decoded = decodeEntry(form, level, raw);
  const fields = fieldsOf(form, level, decoded.kind, raw);
  const data: EntryData = {
    form: form.name,
    headers: form.headers,
    level,
    raw: hex(raw),
    kind: decoded.kind,
    ...addresses(form, decoded),
    bits: fields.filter(({ value }) => value !== 0n).map(bitData),
    ...(decoded.kind === 'invalid' ? { reason: decoded.reason } : {}),
    ...(decoded.kind === 'leaf' ? { permissions: permissionsOf(form, level, raw) } : {}),
    ...(decoded.kind === 'absent' ? { absent: absentData(decoded) } : {}),
    helpers: helperAnswers(form, level, raw),
  };
  return { data, fields };
}

function addresses(form: EntryForm, decoded: DecodedEntry): Pick<EntryData, 'pfn' | 'physical'> {
  const both = (pfn: bigint, physical: PhysAddr) => ({ pfn: hex(pfn), physical: hex(physical) });
  if (decoded.kind === 'leaf') return both(decoded.pfn, decoded.physical);
  if (decoded.kind !== 'table') return { pfn: null, physical: null };
  return both(decoded.next >> BigInt(form.definition.pageShift), decoded.next);
}

const bitData = ({ name, low, width, value, meaning }: StripField): BitData => ({
  name,
  low,
  width,
  value: width > WIDEST_NUMBER_BITS ? hex(value) : Number(value),
  meaning,
});

function permissionsOf(form: EntryForm, level: Level, raw: Bits): PermissionData {
  const deciding = form.deciding(level);
  const codec = form.definition.leaves[deciding];
  if (codec === undefined) throw new Error(`${form.name}: a leaf at ${level} without a codec`);
  const ask = (name: keyof PermissionData): boolean =>
    form.codec(`${name} ${deciding}`, codec.permissions[name]).bits(raw);
  return { read: ask('read'), write: ask('write'), execute: ask('execute'), user: ask('user') };
}

/** What an absent entry carries, as data. */
export function absentData(decoded: AbsentEntry): AbsentData {
  const { what, type, offset, pfn, young, dirty, markers } = decoded;
  return {
    what,
    type,
    offset: hex(offset),
    ...(pfn === undefined ? {} : { pfn: hex(pfn) }),
    ...(young === undefined ? {} : { young }),
    ...(dirty === undefined ? {} : { dirty }),
    ...(markers === undefined ? {} : { markers }),
  };
}

/** Helpers that answer a count; all other numbers are words. */
const COUNTS = new Set(['batch_hint']);

function helperAnswers(form: EntryForm, level: Level, raw: Bits): EntryData['helpers'] {
  const answers: Record<string, boolean | Hex | number> = {};
  for (const name of form.helperNames(level)) {
    const helper = form.helper(level, name);
    if (isAbsentHelper(helper) || helper.params.some((param) => param !== 'entry')) continue;
    const answer: boolean | bigint = helper.bits(raw);
    if (typeof answer === 'boolean') answers[name] = answer;
    else answers[name] = COUNTS.has(name) ? Number(answer) : hex(answer);
  }
  return answers;
}

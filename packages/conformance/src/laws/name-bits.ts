import {
  type Bits,
  type EntryForm,
  fieldMask,
  hex,
  isAbsentHelper,
  type Level,
} from '@pagewright/core';

/**
 * A word with its bits named after the bit table of a level: single bits by name, wider fields with
 * their value, what no field covers as a number. Fields of entries that are not present are named
 * in such entries alone.
 */
export function nameBits(form: EntryForm, level: Level, word: bigint): string {
  let unnamed = word;
  const parts: string[] = [];
  for (const field of form.definition.bits) {
    const mask = fieldMask(field);
    if (!field.levels.includes(level) || (word & mask) === 0n) continue;
    if (field.scope === 'absent' && isPresent(form, level, word)) continue;
    unnamed &= ~mask;
    const value = (word & mask) >> BigInt(field.low);
    parts.push((field.width ?? 1) === 1 ? field.name : `${field.name}=${hex(value)}`);
  }
  if (unnamed !== 0n) parts.push(hex(unnamed));
  return parts.join(' ') || 'no bit set';
}

const isPresent = (form: EntryForm, level: Level, word: bigint): boolean =>
  !isAbsentHelper(form.helper(level, 'present')) && form.is(level, 'present', word as Bits);

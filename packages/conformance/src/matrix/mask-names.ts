import {
  type BitField,
  type EntryForm,
  fieldMask,
  hex,
  type Level,
  MASK64,
} from '@pagewright/core';
import type { MaskName } from '@pagewright/core/texts';

/** More names than this say less than the number. */
const MOST_NAMES = 12;

/**
 * Names masks by the fields of one level. Where fields share bits, those of the wanted side win:
 * the meaning of a bit in present entries, or in the non-present ones that swap helpers are about.
 */
export function maskNames(form: EntryForm, level: Level, side: 'present' | 'absent'): MaskName {
  const own = form.definition.bits.filter((field) => field.levels.includes(level));
  const wanted = (field: BitField): boolean => (field.scope === 'absent') === (side === 'absent');
  const fields = [...own.filter(wanted), ...own.filter((field) => !wanted(field))];
  const full = MASK64 >> BigInt(64 - form.definition.wordBits);
  return (mask) => {
    if (mask === 0n) return '0';
    if (mask === full) return '~0';
    const names = cover(fields, mask);
    const others = cover(fields, full & ~mask);
    if (others !== undefined && others.length < (names?.length ?? MOST_NAMES)) {
      return `~${together(others)}`;
    }
    return names === undefined ? hex(mask) : together(names);
  };
}

const together = (names: readonly string[]): string =>
  names.length === 1 ? `${names[0]}` : `(${names.join('|')})`;

/** Names of fields that together are exactly the mask, none sharing a bit with another. */
function cover(fields: readonly BitField[], mask: bigint): string[] | undefined {
  let left = mask;
  const names: string[] = [];
  for (const field of fields) {
    const bits = fieldMask(field);
    if ((bits & left) !== bits) continue;
    left &= ~bits;
    names.push(field.name);
  }
  return left === 0n && names.length <= MOST_NAMES ? names : undefined;
}

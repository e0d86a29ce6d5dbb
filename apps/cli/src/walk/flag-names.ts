import type { DecodedEntry, EntryForm, Level } from '@pagewright/core';
import { fieldsOf } from '../decode/fields.js';

/**
 * The kernel's names of what is set in an entry beside its frame, its next table or its swap value:
 * wider fields with their value, bits without a name in hexadecimal.
 */
export function flagNames(form: EntryForm, level: Level, decoded: DecodedEntry): readonly string[] {
  // Bits without a name say nothing in a word whose address bits nobody could take out.
  const isSaid = (name: string) => name !== 'unnamed' || decoded.kind !== 'invalid';
  return fieldsOf(form, level, decoded.kind, attributesOf(decoded))
    .filter(({ name, value }) => value !== 0n && isSaid(name))
    .map(({ name, low, width, value }) => {
      if (name === 'unnamed') return `0x${(value << BigInt(low)).toString(16)}`;
      return width === 1 ? name : `${name}=${value}`;
    });
}

function attributesOf(decoded: DecodedEntry): bigint {
  if (decoded.kind === 'leaf' || decoded.kind === 'table') return decoded.attributes;
  return decoded.kind === 'invalid' ? decoded.raw : decoded.residue;
}

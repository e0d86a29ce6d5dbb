import {
  type EntryForm,
  type EntryKind,
  type FieldScope,
  fieldMask,
  type Level,
} from '@pagewright/core';
import type { StripField } from '@pagewright/report';

/** In which entries a field's meaning holds: what decides is the kind of the entry. */
const SCOPES: Readonly<Record<EntryKind, readonly FieldScope[]>> = {
  none: ['any'],
  leaf: ['any', 'present', 'leaf'],
  table: ['any', 'present', 'table'],
  absent: ['any', 'absent'],
  invalid: ['any', 'present'],
};

/**
 * All fields of an entry with their values, lowest first. Bits that are set and that no field names
 * are listed as `unnamed`, so that every set bit of the word is in some field.
 */
export function fieldsOf(
  form: EntryForm,
  level: Level,
  kind: EntryKind,
  raw: bigint,
): readonly StripField[] {
  let rest = raw;
  const fields: StripField[] = [];
  for (const field of form.definition.bits) {
    if (!field.levels.includes(level) || !SCOPES[kind].includes(field.scope ?? 'any')) continue;
    const mask = fieldMask(field);
    const value = (raw & mask) >> BigInt(field.low);
    const said = field.values?.[Number(value)];
    rest &= ~mask;
    fields.push({
      name: field.name,
      low: field.low,
      width: field.width ?? 1,
      value,
      meaning: said === undefined ? field.meaning : `${field.meaning}: ${said}`,
    });
  }
  return [...fields, ...unnamed(rest)].sort((a, b) => a.low - b.low);
}

/** Runs of set bits without a name. */
function unnamed(rest: bigint): StripField[] {
  const digits = rest.toString(2);
  return [...digits.matchAll(/1+/g)].map(({ 0: run, index }) => ({
    name: 'unnamed',
    low: digits.length - index - run.length,
    width: run.length,
    value: (1n << BigInt(run.length)) - 1n,
    meaning: 'set, and no field of such an entry has it',
  }));
}

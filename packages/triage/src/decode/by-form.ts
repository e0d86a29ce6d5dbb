import {
  type BitField,
  type DecodedEntry,
  decodeEntry,
  type EntryForm,
  fieldMask,
  hex,
  isAbsentHelper,
  type Level,
} from '@pagewright/core';
import type { LogEntry } from '../incident.js';
import type { EntryReading } from './reading.js';

/** Reads an entry as a backend's form does. */
export function readByForm(form: EntryForm, { level, raw }: LogEntry): EntryReading {
  const deciding = form.deciding(level);
  const decoded = decodeEntry(form, level, raw.value);
  const flags = form.definition.bits
    .filter((field) => isSet(field, deciding, decoded, raw.value))
    .map(({ name }) => name);
  const test = (name: string): boolean =>
    !isAbsentHelper(form.helper(deciding, name)) && form.is(deciding, name, raw.value);
  const present = test('present');
  return {
    level,
    raw: raw.value,
    by: 'form',
    source: form.definition.summary,
    kind: decoded.kind,
    flags,
    present,
    ...(decoded.kind === 'leaf'
      ? {
          pfn: decoded.pfn,
          special: test('special'),
          write: test('write'),
          protnone: test('protnone'),
        }
      : {}),
    ...(decoded.kind === 'table' ? { next: decoded.next } : {}),
    ...(decoded.kind === 'absent'
      ? { swap: { what: decoded.what, type: decoded.type, offset: decoded.offset } }
      : {}),
    sentence: sentenceOf(level, decoded, flags),
  };
}

/** One bit that is set, in an entry of the kind in which it has its meaning. */
function isSet(field: BitField, level: Level, { kind }: DecodedEntry, raw: bigint): boolean {
  if ((field.width ?? 1) !== 1 || !field.levels.includes(level)) return false;
  if ((raw & fieldMask(field)) === 0n) return false;
  switch (field.scope ?? 'any') {
    case 'any':
      return true;
    case 'present':
      return kind === 'leaf' || kind === 'table' || kind === 'invalid';
    default:
      return field.scope === kind;
  }
}

function sentenceOf(level: string, entry: DecodedEntry, flags: readonly string[]): string {
  const named = flags.length === 0 ? '' : `, ${flags.join(' ')}`;
  switch (entry.kind) {
    case 'none':
      return `an empty ${level}`;
    case 'leaf':
      return `a ${level} that maps pfn ${hex(entry.pfn)}${named}`;
    case 'table':
      return `a ${level} that points to a table at ${hex(entry.next)}${named}`;
    case 'absent':
      return `a ${level} that is not present: ${entry.what}, type ${entry.type}, offset ${hex(entry.offset)}${named}`;
    case 'invalid':
      return `no valid ${level}: ${entry.reason}`;
  }
}

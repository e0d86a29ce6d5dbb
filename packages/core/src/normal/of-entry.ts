import { decodeEntry } from '../form/decode.js';
import { type EntryForm, isAbsentHelper } from '../form/form.js';
import type { MappingLevel } from '../form/level.js';
import { fail, ok, type Result } from '../outcome.js';
import { type Bits, hex } from '../units.js';
import type { MappedEntry } from './verdict.js';

/** The tests of an entry whose answers the decision depends on, beside its frame. */
export const ENTRY_MARKS = ['special', 'devmap'] as const;

/**
 * Reads what the decision asks of an entry: frame, special mark and devmap mark, each by the form's
 * own helper. A form without one answers as the kernel's generic headers do: not marked. Only an
 * entry that maps memory has a verdict; code `entry-not-mapped` for all others.
 */
export function mappedEntry(form: EntryForm, level: MappingLevel, raw: Bits): Result<MappedEntry> {
  const decoded = decodeEntry(form, level, raw);
  if (decoded.kind !== 'leaf') {
    const why = decoded.kind === 'table' ? 'it points to a table' : 'the entry is not present';
    const message = `${form.name} ${level} ${hex(raw)} maps nothing (${decoded.kind}): ${why}`;
    return fail('entry-not-mapped', message, { form: form.name, level, raw, kind: decoded.kind });
  }
  const marked = (name: (typeof ENTRY_MARKS)[number]): boolean => {
    const helper = form.helper(level, name);
    return !isAbsentHelper(helper) && helper.bits(raw) === true;
  };
  return ok({ pfn: decoded.pfn, special: marked('special'), devmap: marked('devmap'), raw });
}

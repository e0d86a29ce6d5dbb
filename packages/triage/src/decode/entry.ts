import type { LogMachine } from '../diagnose/diagnosis.js';
import type { LogEntry } from '../incident.js';
import { readByForm } from './by-form.js';
import { readByLayout } from './by-layout.js';
import type { EntryReading } from './reading.js';

/** What an entry says on a machine: total, `unknown` where nothing is known of its encoding. */
export function decodeEntry(entry: LogEntry, { form, layout }: LogMachine): EntryReading {
  if (form !== undefined && fits(entry, form.definition.wordBits)) return readByForm(form, entry);
  if (layout !== undefined) return readByLayout(layout, entry);
  return {
    level: entry.level,
    raw: entry.raw.value,
    by: 'nothing',
    source: '',
    kind: 'unknown',
    flags: [],
    sentence: 'how this architecture encodes its entries is not known here',
  };
}

const fits = ({ raw }: LogEntry, bits: number): boolean => raw.value >> BigInt(bits) === 0n;

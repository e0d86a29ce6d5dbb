import { hex } from '@pagewright/core';
import type { BitRange, EntryLayout } from '../arch/layouts.js';
import type { LogEntry } from '../incident.js';
import type { EntryReading } from './reading.js';

const taken = (raw: bigint, [low, width]: BitRange): bigint =>
  (raw >> BigInt(low)) & ((1n << BigInt(width)) - 1n);

/** Reads a last-level entry by the small table: what is sure of it, no more. */
export function readByLayout(layout: EntryLayout, { level, raw }: LogEntry): EntryReading {
  const word = raw.value;
  const common = { level, raw: word, by: 'layout', source: layout.source } as const;
  if (level !== 'pte' || word >> BigInt(layout.wordBits) !== 0n) {
    const why = level === 'pte' ? 'is wider than its word' : 'is no pte';
    return { ...common, kind: 'unknown', flags: [], sentence: `the table cannot tell: it ${why}` };
  }
  if (word === 0n) return { ...common, kind: 'none', flags: [], sentence: 'an empty pte' };
  if ((word & layout.present) === 0n) {
    if (layout.swap === undefined) {
      return {
        ...common,
        kind: 'absent',
        flags: [],
        present: false,
        sentence: 'a pte not present',
      };
    }
    const [type, offset] = [Number(taken(word, layout.swap.type)), taken(word, layout.swap.offset)];
    return {
      ...common,
      kind: 'absent',
      flags: [],
      present: false,
      swap: { what: 'swap', type, offset },
      sentence: `a pte that is not present: type ${type}, offset ${hex(offset)}`,
    };
  }
  const flags = Object.entries(layout.flags).flatMap(([name, mask]) =>
    (word & mask) === 0n ? [] : [name],
  );
  const pfn = taken(word, layout.pfn);
  return {
    ...common,
    kind: 'leaf',
    flags,
    pfn,
    present: true,
    ...(layout.special === undefined ? {} : { special: (word & layout.special) !== 0n }),
    ...(layout.write === undefined ? {} : { write: (word & layout.write) !== 0n }),
    sentence: `a pte that maps pfn ${hex(pfn)}, ${flags.join(' ')}`,
  };
}

import {
  type Bits,
  bits,
  bitsTruncated,
  type Pfn,
  type PhysAddr,
  pfn,
  physAddr,
} from '../units.js';
import type { AbsentEntry, DecodedEntry } from './decoded.js';
import type { EntryForm } from './form.js';
import { entryKind, mayFold } from './kind-tests.js';
import type { Level } from './level.js';
import { absentFacts, type SwapLevel, swapValue, swapWord } from './swap-entry.js';

/** Says what one word means at one level. Total: every word has an answer. */
export function decodeEntry(form: EntryForm, level: Level, raw: Bits): DecodedEntry {
  switch (entryKind(form, level, raw)) {
    case 'none':
      return { kind: 'none', residue: raw };
    case 'leaf':
      return decodeLeaf(form, level, raw);
    case 'table': {
      const deciding = form.deciding(level);
      const next = form.nextTable(deciding, raw);
      return { kind: 'table', next, attributes: bits(raw ^ tableBits(form, next)) };
    }
    case 'absent':
      return decodeAbsent(form, form.deciding(level) as SwapLevel, raw);
    case 'invalid':
      return { kind: 'invalid', reason: invalidReason(form, level, raw), raw };
  }
}

function decodeLeaf(form: EntryForm, level: Level, raw: Bits): DecodedEntry {
  const deciding = form.deciding(level);
  const codec = form.definition.leaves[deciding];
  if (codec === undefined) throw new Error(`${form.name} maps at ${level} but has no leaf codec`);
  const frame = form.pfn(deciding, raw);
  return {
    kind: 'leaf',
    pfn: frame,
    physical: physicalOf(form, frame),
    attributes: bits(form.codec(`attributes ${deciding}`, codec.attributes).bits(raw)),
  };
}

/** The bits of an upper entry that say where the next table lies. */
export function tableBits(form: EntryForm, next: PhysAddr): Bits {
  const { tableFrameBits, pageShift } = form.definition;
  if (tableFrameBits === undefined) return bits(next);
  return bits(form.codec('table frame bits', tableFrameBits).bits(next >> BigInt(pageShift)));
}

/** Physical address of a frame's first byte; bits beyond 64 are cut as in C. */
export const physicalOf = (form: EntryForm, frame: Pfn): PhysAddr =>
  physAddr(bitsTruncated(frame << BigInt(form.definition.pageShift)));

function decodeAbsent(form: EntryForm, level: SwapLevel, raw: Bits): AbsentEntry {
  const value = swapValue(form, level, raw);
  const { pfn: frame, ...facts } = absentFacts(form, value);
  return {
    kind: 'absent',
    ...value,
    ...facts,
    ...(frame === undefined ? {} : { pfn: pfn(frame) }),
    residue: bits(raw ^ swapWord(form, level, value)),
  };
}

function invalidReason(form: EntryForm, level: Level, raw: Bits): string {
  const deciding = form.deciding(level);
  if (!form.is(deciding, 'present', raw))
    return `neither empty nor present, and a ${level} holds no swap entry`;
  if (mayFold(form, level) && form.is(deciding, 'folded', raw))
    return `${deciding}_folded(): by its type an entry of a lower table, so the root has fewer levels`;
  if (form.is(deciding, 'leaf', raw)) return `a leaf, but nothing may be mapped at ${level}`;
  return `${deciding}_bad(): not the bits of a pointer to a table`;
}

import {
  type Bits,
  bits,
  bitsTruncated,
  type Pfn,
  type PhysAddr,
  pfn,
  physAddr,
} from '../units.js';
import { type AbsentEntry, type DecodedEntry, ENTRY_KINDS, type EntryKind } from './decoded.js';
import type { EntryForm } from './form.js';
import { kindTests } from './kind-tests.js';
import type { Level } from './level.js';
import { hasPfn, isMigration, kindOfType, MARKER_BITS, markerMask } from './swap-types.js';

/** The kind of an entry found in a table of this level. */
export function entryKind(form: EntryForm, level: Level, raw: Bits): EntryKind {
  const tests = kindTests(form, level);
  for (const kind of ENTRY_KINDS) {
    if (form.codec(`kind ${level} ${kind}`, tests[kind]).bits(raw)) return kind;
  }
  throw new Error(`${form.name}: no kind holds for ${level} 0x${raw.toString(16)}`);
}

/** Says what one word means at one level. Total: every word has an answer. */
export function decodeEntry(form: EntryForm, level: Level, raw: Bits): DecodedEntry {
  switch (entryKind(form, level, raw)) {
    case 'none':
      return { kind: 'none', residue: raw };
    case 'leaf':
      return decodeLeaf(form, level, raw);
    case 'table': {
      const deciding = form.geometry(level)?.decidedBy ?? level;
      const next = form.nextTable(deciding, raw);
      return { kind: 'table', next, attributes: bits(raw ^ (raw & next)) };
    }
    case 'absent':
      return decodeAbsent(form, level as 'pte' | 'pmd', raw);
    case 'invalid':
      return { kind: 'invalid', reason: invalidReason(form, level, raw), raw };
  }
}

function decodeLeaf(form: EntryForm, level: Level, raw: Bits): DecodedEntry {
  const deciding = form.geometry(level)?.decidedBy ?? level;
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

/** Physical address of a frame's first byte; bits beyond 64 are cut as in C. */
export const physicalOf = (form: EntryForm, frame: Pfn): PhysAddr =>
  physAddr(bitsTruncated(frame << BigInt(form.definition.pageShift)));

function decodeAbsent(form: EntryForm, level: 'pte' | 'pmd', raw: Bits): AbsentEntry {
  const { swap, headers } = form.definition;
  const codec = swap.codecs[level];
  if (codec === undefined) throw new Error(`${form.name}: ${level} entries cannot be swap entries`);
  const plain = level === 'pte' ? form.apply('pte', 'swp_clear_flags', raw) : raw;
  const type = Number(form.codec(`swp_type ${level}`, codec.type).bits(plain));
  const offset = form.codec(`swp_offset ${level}`, codec.offset).bits(plain);
  const made = form.codec(`swp_make ${level}`, codec.make).bits(BigInt(type), offset);
  const what = kindOfType(swap.types, type);
  const base = { kind: 'absent', what, type, offset, residue: bits(raw ^ made) } as const;
  if (what === 'marker') {
    const set = Number(offset) & markerMask(headers);
    return {
      ...base,
      markers: Object.keys(MARKER_BITS).filter((n) => set & (MARKER_BITS[n] ?? 0)),
    };
  }
  if (!hasPfn(what)) return base;
  const frame = pfn(offset & ((1n << BigInt(swap.pfnBits)) - 1n));
  if (!isMigration(what)) return { ...base, pfn: frame };
  const age = (bit: number): boolean =>
    swap.migrationAgeBits && ((offset >> BigInt(bit)) & 1n) === 1n;
  return { ...base, pfn: frame, young: age(swap.pfnBits), dirty: age(swap.pfnBits + 1) };
}

function invalidReason(form: EntryForm, level: Level, raw: Bits): string {
  const geometry = form.geometry(level);
  const deciding = geometry?.decidedBy ?? level;
  if (!form.is(deciding, 'present', raw))
    return `neither empty nor present, and a ${level} holds no swap entry`;
  if (form.is(deciding, 'leaf', raw)) return `a leaf, but nothing may be mapped at ${level}`;
  return `${deciding}_bad(): not the bits of a pointer to a table`;
}
